// In which steps a strategy moves the traffic to the new fleet, and how long it waits in between.
import type { ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';

/** Whether SageMaker watches alarms at all: it does so in the waits. */
export const bakes = ({ traffic, terminationWaitSeconds }: ResolvedStrategy): boolean =>
  terminationWaitSeconds > 0 || (traffic.type !== 'allAtOnce' && traffic.waitSeconds > 0);

/** Each share is of all traffic, after the step, and of whole instances. */
export interface TrafficStep {
  share: number;
  waitSeconds: number;
}

/**
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html and ...-rolling.html
 *
 * @param instances of the new fleet
 */
export function trafficSteps({ traffic, terminationWaitSeconds }: ResolvedStrategy, instances: number): TrafficStep[] {
  const last = { share: 1, waitSeconds: terminationWaitSeconds };
  switch (traffic.type) {
    case 'allAtOnce':
      return [last];
    case 'canary':
      return [{ share: wholeInstances(traffic.canaryPercent, instances), waitSeconds: traffic.waitSeconds }, last];
    case 'linear':
      return [...even(wholeInstances(traffic.stepPercent, instances), traffic.waitSeconds).slice(0, -1), last];
    case 'rolling':
      return even(wholeInstances(traffic.batchPercent, instances), traffic.waitSeconds);
  }
}

export const waitsInAll = (steps: TrafficStep[]): number =>
  steps.reduce((sum, { waitSeconds }) => sum + waitSeconds, 0);

function wholeInstances(percent: number, instances: number): number {
  return Math.max(1, Math.floor((percent / 100) * instances + 1e-9)) / instances;
}

function even(share: number, waitSeconds: number): TrafficStep[] {
  const count = Math.ceil(1 / share - 1e-9);
  return Array.from({ length: count }, (_, index) => ({ share: Math.min(1, (index + 1) * share), waitSeconds }));
}
