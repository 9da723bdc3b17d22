// The errors of the simulated services besides hosting: AWS's code with its HTTP status, and what the SDK makes of either.
import { ModelError } from '@aws-sdk/client-sagemaker-runtime';
import { AwsError } from '../../../local/hosting/aws-error.ts';

/** Codes that are not answered with 400. */
const STATUSES: Record<string, number> = {
  AccessDenied: 403,
  NoSuchKey: 404,
  NoSuchVersion: 404,
  NotFound: 404,
  NoSuchUpload: 404,
  MethodNotAllowed: 405,
  ConditionalRequestConflict: 409,
  PreconditionFailed: 412,
  InvalidRange: 416,
  SlowDown: 503,
  InternalFailure: 500,
  InternalError: 500,
  InternalServerError: 500,
  ServiceUnavailable: 503,
  ServiceUnavailableException: 503,
  ModelError: 424,
};

/** As an SDK client throws it: the code as its name, whose fault it is, and the status. */
export function sdkError(error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const { code, message, members } = error;
  const httpStatusCode = STATUSES[code] ?? 400;
  const $metadata = { httpStatusCode, requestId: 'simulated', attempts: 1 };
  if (code === 'ModelError') return new ModelError({ message, $metadata, ...members } as never);
  return Object.assign(new Error(message), {
    ...{ name: code, $fault: httpStatusCode >= 500 ? 'server' : 'client', $metadata },
    ...members,
  });
}
