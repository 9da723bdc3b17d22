// How the clients of SageMaker and auto scaling try again. AWS limits how many calls an account makes a second, and all rollouts share them.
import type { RetryErrorType, RetryStrategyV2, RetryToken } from '@smithy/types';
import { MILLISECONDS_FOR_A_CALL } from '../core/call-time-budget.ts';

/** The run of a function that all its clients know of. */
export interface FunctionRun {
  remainingMilliseconds(): number;
  isAnswered: boolean;
}

// As the SDK's own: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
const ATTEMPTS = 3;
const TRANSIENT_MILLISECONDS = 50;
const THROTTLED_MILLISECONDS = 1_000;

/** Of a run that has not been answered yet. */
const THROTTLED_ATTEMPTS = 2;

/** So that a change may follow the call that is tried again. */
const RESERVED_MILLISECONDS = MILLISECONDS_FOR_A_CALL + 3_000;

export const retryToken = (count: number, delay: number): RetryToken => ({
  getRetryCount: () => count,
  getRetryDelay: () => delay,
});

/**
 * Whoever has not begun gives way: a run whose first call is throttled twice ends, and Step Functions waits for it, seconds and
 * then minutes, at no cost. Whoever has begun goes on: a task that is begun anew for one refused call pays for all of its
 * calls again, so it tries every half second until too little of its function's time is left for a call. Measured with 200
 * rollouts at one call a second: 12 calls for each instead of 38.
 *
 * No quota of retries, as the SDK's own strategy has one: it belongs to the sandbox, and would be used up by rollouts before.
 */
export function rateLimitRetries(run: FunctionRun, random: () => number = Math.random): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: async () => retryToken(0, 0),
    refreshRetryTokenForRetry: async (last, { error, errorType }) => {
      const count = last.getRetryCount() + 1;
      const pause = random() * pauseMilliseconds(count, errorType);
      // The SDK takes a used-up quota of resources for throttling: that does not pass in seconds.
      const isThrottled = errorType === 'THROTTLING' && error?.name !== 'LimitExceededException';
      if (!isThrottled && errorType !== 'TRANSIENT') {
        run.isAnswered = true;
        throw new Error('It is answered.');
      }
      const most =
        errorType === 'TRANSIENT' ? ATTEMPTS : run.isAnswered ? Number.POSITIVE_INFINITY : THROTTLED_ATTEMPTS;
      if (count >= most) throw new Error('It was tried often enough.');
      if (run.remainingMilliseconds() - pause < RESERVED_MILLISECONDS) throw new Error('Too little time is left.');
      return retryToken(count, pause);
    },
    recordSuccess: () => {
      run.isAnswered = true;
    },
  };
}

const pauseMilliseconds = (count: number, errorType: RetryErrorType): number =>
  errorType === 'THROTTLING' ? THROTTLED_MILLISECONDS : TRANSIENT_MILLISECONDS * 2 ** (count - 1);

/** Each call is made once. Whatever came of it, the others of its run are worth being patient for. */
export function noRetries(run: FunctionRun): RetryStrategyV2 {
  return {
    acquireInitialRetryToken: async () => retryToken(0, 0),
    refreshRetryTokenForRetry: async () => {
      run.isAnswered = true;
      throw new Error('It is made once.');
    },
    recordSuccess: () => {
      run.isAnswered = true;
    },
  };
}
