// The step policies of ours on a live variant, as a request would write them. Those of people stay beside them, with their alarms.

import { type StepPolicySettings, StepPolicySettingsSchema } from '../../../state-machine/contract/scaling-steps.ts';
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { WAKE, wakePolicy } from '../scaling/backlog.ts';
import { isOwnStep, ownStepName, type ScalingPolicy, stepChange } from '../scaling/own-steps.ts';

/** Those that a request could say; without the one that is made of a minimum of 0. */
export function liveSteps({ policies, ...found }: ScalingRecord, endpointName: string): StepPolicySettings[] {
  return policies.filter(isOwnStep).flatMap((policy) => {
    const read = StepPolicySettingsSchema.safeParse(settingsOf(policy));
    if (!read.success) return [];
    const isAs = (steps: StepPolicySettings[]) =>
      stepChange({ steps }, { ...found, policies: [policy] }).put.length === 0;
    const isMadeOfMinimum = read.data.name === WAKE && isAs([wakePolicy(endpointName)]);
    return isAs([read.data]) && !isMadeOfMinimum ? [read.data] : [];
  });
}

interface Adjustment {
  MetricIntervalLowerBound?: number;
  MetricIntervalUpperBound?: number;
  ScalingAdjustment?: number;
}

function settingsOf(policy: ScalingPolicy): unknown {
  const { configuration, alarm = {} } = policy;
  const adjustments = (configuration.StepAdjustments ?? []) as Adjustment[];
  const dimensions = (alarm.Dimensions ?? []) as { Name: string; Value: string }[];
  const settings = {
    name: ownStepName(policy),
    adjustmentType: configuration.AdjustmentType,
    minimumAdjustmentMagnitude: configuration.MinAdjustmentMagnitude,
    adjustments: adjustments.map((each) => ({
      lowerBound: each.MetricIntervalLowerBound,
      upperBound: each.MetricIntervalUpperBound,
      adjustment: each.ScalingAdjustment,
    })),
    cooldownSeconds: configuration.Cooldown ?? 300,
    aggregation: configuration.MetricAggregationType ?? 'Average',
    alarm: {
      namespace: alarm.Namespace,
      metricName: alarm.MetricName,
      dimensions:
        dimensions.length > 0 ? Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value])) : undefined,
      statistic: alarm.Statistic,
      unit: alarm.Unit,
      periodSeconds: alarm.Period,
      evaluationPeriods: alarm.EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods,
      comparison: alarm.ComparisonOperator,
      threshold: alarm.Threshold,
      missingData: alarm.TreatMissingData ?? 'missing',
    },
  };
  // Without what is not there.
  return JSON.parse(JSON.stringify(settings));
}
