// What Application Auto Scaling may say of a schedule that would never run.
import { validationException } from '../../../local/hosting/aws-error.ts';
import type { Interceptor } from '../../../local/hosting/hosting.ts';

/** When a schedule of one run is due, in milliseconds; null for every other kind. */
export function dueOnce(schedule: unknown): number | null {
  const [, instant] = /^at\((.+)\)$/.exec(String(schedule)) ?? [];
  return instant === undefined ? null : Date.parse(`${instant}Z`);
}

/**
 * Amazon EC2 Auto Scaling documents that it refuses a start in the past; Application Auto Scaling documents neither that nor
 * the opposite. Refusing is the harder of both: https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PutScheduledUpdateGroupAction.html
 */
export const refusePastSchedules =
  (now: () => number): Interceptor =>
  (call, next) => {
    const due = call.operation === 'PutScheduledAction' ? dueOnce(call.input.Schedule) : null;
    if (due !== null && due <= now()) throw validationException('The schedule is in the past.');
    return next();
  };
