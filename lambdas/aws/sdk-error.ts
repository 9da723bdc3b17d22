// Where AWS's vocabulary ends: what the SDK throws becomes one of our error names.
import { RolloutError } from '../core/rollout-error.ts';

interface SdkError extends Error {
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { httpStatusCode?: number; requestId?: string };
  readonly $retryable?: { throttling?: boolean };
}

const throttlingNames = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
  'ProvisionedThroughputExceededException',
]);
const deniedNames = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedException',
  'UnauthorizedOperation',
]);
/**
 * What KMS answers to a service that uses a key for its caller; each service writes the names in its own way, and the status is
 * 400: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#sns-what-kms-errors
 */
const keyThrottlingNames = /^KMS[.]?Throttling/;
const keyDeniedNames = /^KMS[.]?AccessDenied/;
/** Another rollout's transaction writes the item: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html */
const conflictNames = new Set(['TransactionConflictException', 'TransactionInProgressException']);
const networkCodes = /^(E[A-Z]+|UND_ERR_.*)$/;

/** The error under one of our names; what does not come from AWS or the network is returned as it is. */
export function toRolloutError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RolloutError) return error;
  const { name, message, $metadata, $fault, $retryable } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  const rename = (to: ConstructorParameters<typeof RolloutError>[0]) =>
    new RolloutError(to, `${name}: ${message}`, { cause: error });
  if ($retryable?.throttling || throttlingNames.has(name) || keyThrottlingNames.test(name) || status === 429)
    return rename('Throttled');
  if (deniedNames.has(name) || keyDeniedNames.test(name) || status === 403) return rename('AccessDenied');
  if (conflictNames.has(name)) return rename('NotReady');
  if ($fault === 'server' || (status !== undefined && status >= 500)) return rename('ServiceUnavailable');
  const code = (error as { code?: unknown }).code;
  if (name === 'TimeoutError' || name === 'NetworkingError' || (typeof code === 'string' && networkCodes.test(code)))
    return rename('ServiceUnavailable');
  return $metadata === undefined ? error : rename('CallRefused');
}
