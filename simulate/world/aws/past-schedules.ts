// What Application Auto Scaling may say of a schedule that would never run.
import { dueOnce } from '../../../lambdas/core/scaling/past-schedules.ts';
import { validationException } from '../../../local/hosting/aws-error.ts';
import type { Interceptor } from '../../../local/hosting/hosting.ts';

/**
 * Amazon EC2 Auto Scaling documents that it refuses a start in the past; Application Auto Scaling documents neither that nor
 * the opposite. Refusing is the harder of both: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScheduledUpdateGroupAction.html
 */
export const refusePastSchedules =
  (now: () => number): Interceptor =>
  (call, next) => {
    if (call.operation === 'PutScheduledAction' && dueOnce(call.input) <= now())
      throw validationException('The schedule is in the past.');
    return next();
  };
