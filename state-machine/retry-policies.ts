// From an error's name to how often, how soon and how randomly a task state tries again.
import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type ErrorName, errorPolicies } from './contract/errors.ts';

interface RetryPolicy {
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maximumDelaySeconds: number;
  readonly attempts: number;
}

// Waits grow from the interval by the rate up to the maximum; full jitter draws each from 0 to that. The sums are the longest
// a state can wait in all, well inside every budget of `contract/time-budgets.ts`.
const policies = {
  /**
   * 5+6.5+8.5+...+89.6+116.5 + 107 x 120 s = 222 minutes. Rate limits are per account and second: one rollout is through at once,
   * and hundreds that begin together have to share a few calls a second. Slow growth: who waits for minutes when the others are
   * through already makes the last one late.
   */
  throttled: { intervalSeconds: 5, backoffRate: 1.3, maximumDelaySeconds: 120, attempts: 120 },
  /** 2+4+8+16 + 4 x 30 s = 150 s. */
  unavailable: { intervalSeconds: 2, backoffRate: 2, maximumDelaySeconds: 30, attempts: 8 },
  /** 3+4.5+6.8+10.1+15.2+22.8 + 6 x 30 s = 242 s. */
  notReady: { intervalSeconds: 3, backoffRate: 1.5, maximumDelaySeconds: 30, attempts: 12 },
  /** 15+22.5+33.8+50.6 + 16 x 60 s = 18 minutes: an instance more by auto scaling takes 5 to 10. */
  endpointBusy: { intervalSeconds: 15, backoffRate: 1.5, maximumDelaySeconds: 60, attempts: 20 },
  /** Lambda's own faults, before the function ran: 1+2+4+8+16 + 3 x 30 s = 121 s. */
  lambda: { intervalSeconds: 1, backoffRate: 2, maximumDelaySeconds: 30, attempts: 8 },
  /** The function ran out of time or its sandbox died. Tasks are idempotent; twice more is enough to tell a fault from a limit. */
  sandbox: { intervalSeconds: 5, backoffRate: 2, maximumDelaySeconds: 30, attempts: 2 },
  /**
   * The function that keeps the token of a wait broke: 10+30+90+270 = 400 s at most, 200 s on average, then the look that follows
   * comes all the same. Longer than any other between two attempts: if it breaks for 8 hours, 144 looks with all attempts are 29
   * events each, 4,176 of 25,000 allowed.
   */
  wait: { intervalSeconds: 10, backoffRate: 3, maximumDelaySeconds: 300, attempts: 4 },
} satisfies Record<string, RetryPolicy>;

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html and .../bp-lambda-serviceexception.html
const LAMBDA_FAULTS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
];
const SANDBOX_FAULTS = ['Lambda.Unknown', 'Sandbox.Timedout', 'States.Timeout'];

function retryProps(errors: string[], policy: RetryPolicy): sfn.RetryProps {
  return {
    errors,
    interval: Duration.seconds(policy.intervalSeconds),
    backoffRate: policy.backoffRate,
    maxDelay: Duration.seconds(policy.maximumDelaySeconds),
    maxAttempts: policy.attempts,
    jitterStrategy: sfn.JitterType.FULL,
  };
}

/** Lambda's own faults, before the function ran. */
export const faultsOfLambda = retryProps(LAMBDA_FAULTS, policies.lambda);

/** One entry for each policy that some error name asks for, and two for Lambda itself. */
export const retryPolicies: readonly sfn.RetryProps[] = [
  ...(['throttled', 'unavailable', 'notReady', 'endpointBusy'] as const).map((name) => {
    const errors = (Object.keys(errorPolicies) as ErrorName[]).filter((error) => {
      const { reaction } = errorPolicies[error];
      return reaction !== 'fail' && reaction.retry === name;
    });
    return retryProps(errors, policies[name]);
  }),
  faultsOfLambda,
  retryProps(SANDBOX_FAULTS, policies.sandbox),
];

/** Whatever the function fails with, and not States.Timeout, which is how a wait ends that nobody answers. */
export const waitRetryPolicy: sfn.RetryProps = retryProps(['States.TaskFailed'], policies.wait);
