// How long an update may take beyond bringing up its fleet.
import type { ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';

/** MaximumExecutionTimeoutInSeconds where it is asked for, else all waits added up. */
export function strategySeconds({
  traffic,
  terminationWaitSeconds,
  maximumExecutionSeconds,
}: ResolvedStrategy): number {
  if (maximumExecutionSeconds !== null) return maximumExecutionSeconds;
  return waits(traffic) + terminationWaitSeconds;
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html and ...-rolling.html */
function waits(traffic: ResolvedStrategy['traffic']): number {
  switch (traffic.type) {
    case 'allAtOnce':
      return 0;
    case 'canary':
      return traffic.waitSeconds;
    case 'linear':
      return Math.ceil(100 / traffic.stepPercent) * traffic.waitSeconds;
    case 'rolling':
      return Math.ceil(100 / traffic.batchPercent) * traffic.waitSeconds;
  }
}
