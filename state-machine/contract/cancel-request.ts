// What a person or a service asks for who wants a rollout to end that has not come to its end.
import * as z from 'zod/mini';
import { EndpointNameSchema } from './endpoint-name.ts';

const describe = z.describe;

/** Ends a rollout of the endpoint: one that waits is rejected, one that runs is rolled back. */
export const CancelRequestSchema = z.strictObject({
  $schema: z.optional(z.string().check(describe('For editors; ignored.'))),
  action: z.literal('cancel'),
  endpointName: EndpointNameSchema,
  rolloutId: z.string().check(z.minLength(1), z.maxLength(80), describe('The name of the execution.')),
  correlationId: z.optional(z.string().check(z.minLength(1), z.maxLength(128), describe('Comes back in the outcome.'))),
});
export type CancelRequest = z.input<typeof CancelRequestSchema>;
