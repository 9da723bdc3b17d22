// What a request says of scaling, with nothing left open.
import type * as z from 'zod/mini';
import type { ScheduleSettings, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingSchema } from '../../../state-machine/contract/scaling-request.ts';
import { type StepPolicySettings, SUSPENDABLE } from '../../../state-machine/contract/scaling-steps.ts';

/** What a request says of it, where it is not "none". */
export type AskedTracking = Exclude<z.output<typeof ScalingSchema>, 'none'>;

/** `maximum`: where the request says none. */
export function resolveTracking(
  scaling: AskedTracking,
  defaults: Pick<TargetTracking, 'metric' | 'target' | 'maximum'>,
): TargetTracking {
  const { schedules = [], steps = [], suspended } = scaling;
  return {
    minimum: scaling.minimum ?? 1,
    maximum: scaling.maximum ?? defaults.maximum,
    metric: scaling.metric ?? defaults.metric,
    target: scaling.target ?? defaults.target,
    scaleInCooldownSeconds: scaling.scaleInCooldownSeconds ?? 300,
    scaleOutCooldownSeconds: scaling.scaleOutCooldownSeconds ?? 60,
    ...(schedules.length > 0 && {
      schedules: byName(
        schedules.map(({ timezone = 'UTC', ...schedule }) => ({ ...schedule, timezone }) as ScheduleSettings),
      ),
    }),
    ...(steps.length > 0 && { steps: byName(steps.map(resolveStep)) }),
    ...(suspended !== undefined && { suspended: SUSPENDABLE.filter((each) => suspended.includes(each)) }),
  };
}

const byName = <Named extends { name: string }>(list: Named[]): Named[] =>
  list.sort((one, other) => (one.name < other.name ? -1 : 1));

type AskedStep = NonNullable<AskedTracking['steps']>[number];

const resolveStep = ({ alarm, adjustments, minimumAdjustmentMagnitude, ...policy }: AskedStep): StepPolicySettings => {
  const { evaluationPeriods = 1, dimensions, unit } = alarm;
  return {
    name: policy.name,
    adjustmentType: policy.adjustmentType ?? 'ChangeInCapacity',
    ...(minimumAdjustmentMagnitude !== undefined && { minimumAdjustmentMagnitude }),
    adjustments: inOrder(adjustments),
    cooldownSeconds: policy.cooldownSeconds ?? 300,
    aggregation: policy.aggregation ?? 'Average',
    alarm: {
      namespace: alarm.namespace,
      metricName: alarm.metricName,
      ...(dimensions !== undefined && { dimensions }),
      statistic: alarm.statistic,
      ...(unit !== undefined && { unit }),
      periodSeconds: alarm.periodSeconds ?? 60,
      evaluationPeriods,
      datapointsToAlarm: alarm.datapointsToAlarm ?? evaluationPeriods,
      comparison: alarm.comparison,
      threshold: alarm.threshold,
      missingData: alarm.missingData ?? 'missing',
    },
  };
};

const inOrder = (adjustments: AskedStep['adjustments']): StepPolicySettings['adjustments'] =>
  adjustments
    .map(({ lowerBound, upperBound, adjustment }) => ({
      ...(lowerBound !== undefined && { lowerBound }),
      ...(upperBound !== undefined && { upperBound }),
      adjustment,
    }))
    .sort(
      (one, other) =>
        (one.lowerBound ?? Number.NEGATIVE_INFINITY) - (other.lowerBound ?? Number.NEGATIVE_INFINITY) || 0,
    );
