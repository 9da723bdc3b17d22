// The step policies that a request asks for, each with the alarm that fires it: ours by their names, beside those of people.
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { StepPolicySettings } from '../../../state-machine/contract/scaling-steps.ts';
import type { ScalableTarget, ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { canonicalJson } from '../naming/names.ts';
import { inDimensionOrder } from './tracked-metric.ts';

export type ScalingPolicy = ScalingRecord['policies'][number];

const PREFIX = 'sagemaker-deployer-step-';
/** What the names of their alarms begin with; IAM knows it. */
export const STEP_ALARM_PREFIX = PREFIX;

/** In the actions of an alarm, for the ARN of the policy that it fires: a policy that is made again has another one. */
export const THIS_POLICY = 'this policy';

export const isOwnStep = ({ name }: Pick<ScalingPolicy, 'name'>): boolean => name.startsWith(PREFIX);

/** The name of one of ours in the request. */
export const ownStepName = ({ name }: Pick<ScalingPolicy, 'name'>): string => name.slice(PREFIX.length);

/** What the names of all alarms of ours on a target begin with. */
export const stepAlarmPrefix = ({ resourceId }: Pick<ScalableTarget, 'resourceId'>): string =>
  `${STEP_ALARM_PREFIX}${resourceId}/`;

/** At most 233 of the 255 characters that CloudWatch takes. */
export const stepAlarmName = (target: Pick<ScalableTarget, 'resourceId'>, policy: Pick<ScalingPolicy, 'name'>) =>
  `${stepAlarmPrefix(target)}${ownStepName(policy)}`;

/** As Application Auto Scaling and CloudWatch keep them. */
export const ownStep = (policy: StepPolicySettings): ScalingPolicy => ({
  name: `${PREFIX}${policy.name}`,
  type: 'StepScaling',
  configuration: configurationOf(policy),
  alarm: alarmOf(policy.alarm),
});

const configurationOf = (policy: StepPolicySettings): ScalingPolicy['configuration'] => ({
  AdjustmentType: policy.adjustmentType,
  StepAdjustments: policy.adjustments.map(({ lowerBound, upperBound, adjustment }) => ({
    ...(lowerBound !== undefined && { MetricIntervalLowerBound: lowerBound }),
    ...(upperBound !== undefined && { MetricIntervalUpperBound: upperBound }),
    ScalingAdjustment: adjustment,
  })),
  ...(policy.minimumAdjustmentMagnitude !== undefined && {
    MinAdjustmentMagnitude: policy.minimumAdjustmentMagnitude,
  }),
  Cooldown: policy.cooldownSeconds,
  MetricAggregationType: policy.aggregation,
});

function alarmOf(alarm: StepPolicySettings['alarm']): NonNullable<ScalingPolicy['alarm']> {
  const Dimensions = Object.entries(alarm.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value }));
  return {
    ActionsEnabled: true,
    AlarmActions: [THIS_POLICY],
    MetricName: alarm.metricName,
    Namespace: alarm.namespace,
    ...(Dimensions.length > 0 && { Dimensions }),
    Statistic: alarm.statistic,
    ...(alarm.unit !== undefined && { Unit: alarm.unit }),
    Period: alarm.periodSeconds,
    EvaluationPeriods: alarm.evaluationPeriods,
    DatapointsToAlarm: alarm.datapointsToAlarm,
    ComparisonOperator: alarm.comparison,
    Threshold: alarm.threshold,
    TreatMissingData: alarm.missingData,
  };
}

/** In one order, and without what says nothing, or says the default. */
function inForce({ type, configuration, alarm }: ScalingPolicy): unknown {
  const { StepAdjustments = [], Cooldown = 300, MetricAggregationType = 'Average', ...others } = configuration;
  const adjustments = (StepAdjustments as unknown[]).map((each) => canonicalJson(each)).sort();
  const steps = { ...others, Cooldown, MetricAggregationType, adjustments };
  return canonicalJson({ type, steps, alarm: alarm === undefined ? null : alarmInForce(alarm) });
}

function alarmInForce({ AlarmDescription: _, ...alarm }: NonNullable<ScalingPolicy['alarm']>) {
  const said = Object.entries(alarm).filter(([, value]) => !(Array.isArray(value) && value.length === 0));
  const {
    ActionsEnabled = true,
    TreatMissingData = 'missing',
    EvaluationPeriods,
    ...others
  } = Object.fromEntries(said);
  const { DatapointsToAlarm = EvaluationPeriods, ...rest } = others;
  return inDimensionOrder({ ...rest, ActionsEnabled, TreatMissingData, EvaluationPeriods, DatapointsToAlarm });
}

const isAlike = (one: ScalingPolicy, other: ScalingPolicy): boolean => inForce(one) === inForce(other);

export interface StepChange {
  put: ScalingPolicy[];
  /** Names. */
  removed: string[];
}

/** What is left to do until the step policies are as wanted. */
export function stepChange({ steps = [] }: Pick<TargetTracking, 'steps'>, live: ScalingRecord | null): StepChange {
  const wanted = steps.map(ownStep);
  const found = live?.policies ?? [];
  return {
    put: wanted.filter((policy) => !found.some((each) => each.name === policy.name && isAlike(each, policy))),
    removed: found
      .filter((policy) => isOwnStep(policy) && wanted.every(({ name }) => name !== policy.name))
      .map(({ name }) => name),
  };
}
