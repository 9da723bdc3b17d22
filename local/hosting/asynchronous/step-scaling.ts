/** Step scaling: what a policy does while an alarm that names it in AlarmActions is in ALARM. */

import type { StepAdjustment, StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { stateAt } from '../alarm-states.ts';
import { validationException } from '../aws-error.ts';
import type { ScalingPolicy } from '../scaling-records.ts';
import type { World } from '../world.ts';
import type { Wanted } from './wanted.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html; the texts are ours. */
export function checkSteps({ AdjustmentType, StepAdjustments: steps = [] }: StepScalingPolicyConfiguration): void {
  if (AdjustmentType === undefined || steps.length === 0)
    throw validationException('AdjustmentType and at least one StepAdjustment are required');
  const sorted = steps.toSorted((a, b) => lower(a) - lower(b));
  for (const [index, step] of sorted.entries()) {
    if (step.MetricIntervalLowerBound === undefined && step.MetricIntervalUpperBound === undefined && steps.length > 1)
      throw validationException('With several StepAdjustments each needs a MetricIntervalLowerBound or UpperBound');
    if (upper(step) <= lower(step))
      throw validationException('MetricIntervalUpperBound must be greater than MetricIntervalLowerBound');
    const next = sorted[index + 1];
    if (next && upper(step) !== lower(next))
      throw validationException('StepAdjustments must not overlap, and leave no gap');
    if (AdjustmentType === 'ExactCapacity' && step.ScalingAdjustment! < 0)
      throw validationException('ScalingAdjustment must not be negative with ExactCapacity');
  }
}

const lower = ({ MetricIntervalLowerBound = -Infinity }: StepAdjustment) => MetricIntervalLowerBound;
const upper = ({ MetricIntervalUpperBound = Infinity }: StepAdjustment) => MetricIntervalUpperBound;

/** The alarms on metrics of endpoints that fire a policy; reported in its Alarms. */
export const alarmsOf = (world: World, policyArn: string) =>
  [...world.alarms].filter(([, { input }]) => input.AlarmActions?.includes(policyArn));

/** An alarm that stays in ALARM fires again each minute. */
export function stepped(world: World, policy: ScalingPolicy, current: number, at: number): Wanted | undefined {
  const configuration = policy.input.StepScalingPolicyConfiguration!;
  for (const [name, alarm] of alarmsOf(world, policy.arn)) {
    if (alarm.input.ActionsEnabled === false || stateAt(alarm, at).state !== 'ALARM') continue;
    const datapoint = alarm.series(alarm.evaluatedTo - alarm.periodMs);
    if (datapoint === undefined) continue;
    const breach = datapoint - alarm.input.Threshold!;
    const step = configuration.StepAdjustments!.find((each) => holds(each, breach));
    if (step)
      return {
        count: adjusted(configuration, step, current),
        cause: `monitor alarm ${name} in state ALARM triggered policy`,
      };
  }
  return undefined;
}

/** Above the threshold the lower bound is inclusive, below it the upper one (API_StepAdjustment). */
const holds = (step: StepAdjustment, breach: number) =>
  breach >= 0 ? breach >= lower(step) && breach < upper(step) : breach > lower(step) && breach <= upper(step);

function adjusted(
  { AdjustmentType, MinAdjustmentMagnitude = 1 }: StepScalingPolicyConfiguration,
  { ScalingAdjustment = 0 }: StepAdjustment,
  current: number,
): number {
  if (AdjustmentType === 'ExactCapacity') return ScalingAdjustment;
  if (AdjustmentType === 'ChangeInCapacity') return current + ScalingAdjustment;
  const share = Math.trunc((current * ScalingAdjustment) / 100);
  return current + Math.sign(ScalingAdjustment) * Math.max(MinAdjustmentMagnitude, Math.abs(share));
}
