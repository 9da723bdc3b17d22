// What CloudWatch's errors on alarms mean to a rollout.
import { RolloutError } from '../core/rollout-error.ts';
import { toRolloutError } from './sdk-error.ts';

export async function renamedAlarmError<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (/^LimitExceeded/.test(error.name)) throw new RolloutError('QuotaExceeded', error.message, { cause: error });
    // Deleted in between by an attempt that nobody heard the end of: looking again tells.
    if (/^ResourceNotFound/.test(error.name)) throw new RolloutError('NotReady', error.message, { cause: error });
    throw toRolloutError(error);
  }
}
