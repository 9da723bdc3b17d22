// SageMaker has no types for "not found", "exists" and "in progress": all are ValidationException, told apart by their texts.
import { RolloutError } from '../core/rollout-error.ts';
import { toRolloutError } from './sdk-error.ts';

// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html lists only ResourceLimitExceeded; the texts are
// those that the Terraform provider and the ACK controller match on.
const missing = /could not find|does not exist|not found/i;
const existing = /cannot create already existing/i;
const inProgress = /in-progress endpoint|cannot (update|delete) .*(creating|updating|in progress)/i;

const isValidation = (error: unknown): error is Error => error instanceof Error && error.name === 'ValidationException';

/** The answer, or null where the thing does not exist. */
export async function orNull<Answer>(call: Promise<Answer>): Promise<Answer | null> {
  try {
    return await call;
  } catch (error) {
    if (isValidation(error) && missing.test(error.message)) return null;
    throw toSageMakerError(error);
  }
}

/** The answer, or the error under one of our names. */
export async function renamed<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw toSageMakerError(error);
  }
}

function toSageMakerError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const rename = (to: ConstructorParameters<typeof RolloutError>[0]) =>
    new RolloutError(to, error.message, { cause: error });
  if (error.name === 'ResourceLimitExceeded') return rename('QuotaExceeded');
  if (isValidation(error)) {
    if (inProgress.test(error.message)) return rename('EndpointBusy');
    // Made a moment ago by an attempt that nobody heard the end of, or not visible yet: looking again tells.
    if (existing.test(error.message) || missing.test(error.message)) return rename('NotReady');
  }
  return toRolloutError(error);
}
