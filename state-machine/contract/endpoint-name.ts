// The name of an endpoint; apart from the request, which many tasks' bundles do without.
import * as z from 'zod/mini';

// Lower case, because endpoint names are compared without case by CreateEndpoint and with case by InvokeEndpoint:
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html
export const EndpointNameSchema = z
  .string()
  .check(
    z.regex(/^[a-z0-9](-*[a-z0-9]){0,62}$/),
    z.describe('The endpoint: lower-case letters, digits and hyphens, at most 63.'),
  );
