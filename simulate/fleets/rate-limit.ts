// An account's limit on calls of SageMaker and of auto scaling: so many a second, as many at once, and a refusal for each beyond.
import { AwsError } from '../../local/hosting/aws-error.ts';
import type { Interceptor } from '../world/account.ts';

/** AWS publishes no figures: https://docs.aws.amazon.com/general/latest/gr/sagemaker.html */
export function rateLimited(
  callsPerSecond: number,
  now: () => number,
): Interceptor & { readonly refused: () => number } {
  let tokens = callsPerSecond;
  let filledAt = now();
  let refused = 0;
  const interceptor: Interceptor = (call, next) => {
    if (call.service !== 'sagemaker' && call.service !== 'application-autoscaling') return next();
    tokens = Math.min(callsPerSecond, tokens + ((now() - filledAt) / 1000) * callsPerSecond);
    filledAt = now();
    if (tokens < 1) {
      refused += 1;
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    }
    tokens -= 1;
    return next();
  };
  return Object.assign(interceptor, { refused: () => refused });
}
