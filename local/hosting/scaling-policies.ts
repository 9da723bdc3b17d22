/** PutScalingPolicy, DescribeScalingPolicies, DeleteScalingPolicy, and the same for scheduled actions. */

import { randomUUID } from 'node:crypto';
import type {
  DeleteScalingPolicyRequest,
  DeleteScheduledActionRequest,
  DescribeScalingPoliciesRequest,
  DescribeScheduledActionsRequest,
  PutScalingPolicyRequest,
  PutScheduledActionRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { alarmsOf, checkSteps } from './asynchronous/step-scaling.ts';
import { AwsError, validationException } from './aws-error.ts';
import { paged } from './paged.ts';
import { checkScalable, describedId, findTarget, type TargetId } from './scalable-targets.ts';
import { PROVISIONED_CONCURRENCY, type ScalingPolicy, type ScheduledAction, targetKey } from './scaling-records.ts';
import type { World } from './world.ts';

function requireTarget(world: World, id: TargetId): string {
  checkScalable(id);
  if (!findTarget(world, id))
    throw new AwsError('ObjectNotFoundException', `No scalable target registered for ${describedId(id)}`);
  return targetKey(id.ResourceId!, id.ScalableDimension!);
}

const named = (key: string, name: string) => `${key} ${name}`;

/** A policy of the same name is replaced; https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html */
export function putScalingPolicy(world: World, input: PutScalingPolicyRequest) {
  const key = requireTarget(world, input);
  checkPolicy(input);
  checkMetric(world, key, input);
  const existing = world.policies.get(named(key, input.PolicyName!));
  const prefix = `arn:aws:autoscaling:${world.region}:${world.accountId}:scalingPolicy:${randomUUID()}`;
  const arn = existing?.arn ?? `${prefix}:resource/sagemaker/${input.ResourceId}:policyName/${input.PolicyName}`;
  const alarms = existing?.alarms ?? (input.PolicyType === 'TargetTrackingScaling' ? trackingAlarms(world, input) : []);
  const createdAt = existing?.createdAt ?? world.now();
  const policy: ScalingPolicy = { arn, targetKey: key, createdAt, input, alarms };
  world.policies.set(named(key, input.PolicyName!), policy);
  return { PolicyARN: arn, Alarms: reported(world, policy) };
}

/** Undefined where it tracks none. */
function metricOf({ TargetTrackingScalingPolicyConfiguration: tracking }: PutScalingPolicyRequest): string | undefined {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = tracking ?? {};
  if (customized === undefined) return predefined?.PredefinedMetricType;
  const dimensions = (customized.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`).sort();
  return JSON.stringify([
    customized.Namespace,
    customized.MetricName,
    customized.Statistic,
    customized.Metrics,
    dimensions,
  ]);
}

/**
 * "Each of them uses a different metric": https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
 * The text is ours.
 */
function checkMetric(world: World, key: string, input: PutScalingPolicyRequest): void {
  const metric = metricOf(input);
  const others = [...world.policies.values()].filter(
    ({ targetKey: of, input: other }) => of === key && other.PolicyName !== input.PolicyName,
  );
  if (metric !== undefined && others.some(({ input: other }) => metricOf(other) === metric))
    throw validationException('Only one TargetTrackingScaling policy for a given metric is allowed.');
}

/** Target tracking's own alarms; of step scaling those that somebody put with the policy as their action. */
const reported = (world: World, { arn, alarms }: ScalingPolicy) => [
  ...alarms,
  ...alarmsOf(world, arn).map(([AlarmName, { arn: AlarmARN }]) => ({ AlarmName, AlarmARN })),
];

/** Target tracking makes its own pair of CloudWatch alarms. */
function trackingAlarms(world: World, input: PutScalingPolicyRequest) {
  return (['AlarmHigh', 'AlarmLow'] as const).map((side) => {
    const AlarmName = `TargetTracking-${input.ResourceId}-${side}-${randomUUID()}`;
    return { AlarmName, AlarmARN: `arn:aws:cloudwatch:${world.region}:${world.accountId}:alarm:${AlarmName}` };
  });
}

const ONLY_PROVISIONED = 'SageMakerVariantProvisionedConcurrencyUtilization';
const FOR_INSTANCES = [
  'SageMakerVariantInvocationsPerInstance',
  'SageMakerVariantConcurrentRequestsPerModelHighResolution',
];

function checkPolicy(input: PutScalingPolicyRequest): void {
  const type = input.PolicyType ?? 'StepScaling';
  const tracking = input.TargetTrackingScalingPolicyConfiguration;
  if (type === 'TargetTrackingScaling' && !tracking)
    throw validationException(
      'TargetTrackingScalingPolicyConfiguration is required for policy type TargetTrackingScaling',
    );
  if (type === 'StepScaling' && !input.StepScalingPolicyConfiguration)
    throw validationException('StepScalingPolicyConfiguration is required for policy type StepScaling');
  if (type === 'StepScaling') checkSteps(input.StepScalingPolicyConfiguration!);
  if (type === 'PredictiveScaling') throw validationException('PredictiveScaling is not supported for sagemaker');
  if (!tracking) return;
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = tracking;
  if ((predefined === undefined) === (customized === undefined))
    throw validationException('Exactly one of predefined and customized metric specification must be provided');
  const metric = predefined?.PredefinedMetricType;
  // The concurrency metric is the only predefined one for provisioned concurrency (aws-cdk #29065).
  const allowed = input.ScalableDimension === PROVISIONED_CONCURRENCY ? [ONLY_PROVISIONED] : FOR_INSTANCES;
  if (metric && !allowed.includes(metric))
    throw validationException(`Predefined metric type ${metric} is not supported for ${input.ScalableDimension}`);
  if (!(tracking.TargetValue! > 0)) throw validationException('TargetValue must be greater than 0');
}

export function describeScalingPolicies(world: World, input: DescribeScalingPoliciesRequest) {
  const chosen = [...world.policies.values()].filter(
    (policy) => chosenBy(input, policy.input) && (input.PolicyNames?.includes(policy.input.PolicyName!) ?? true),
  );
  const { page, next } = paged(chosen, input, 10);
  const ScalingPolicies = page.map((policy) => ({
    ...policy.input,
    PolicyType: policy.input.PolicyType ?? 'StepScaling',
    ...{ PolicyARN: policy.arn, CreationTime: new Date(policy.createdAt), Alarms: reported(world, policy) },
  }));
  return { ScalingPolicies, ...next };
}

function chosenBy(input: TargetId, put: TargetId): boolean {
  if (input.ScalableDimension && !input.ResourceId)
    throw validationException('ResourceId must be specified when ScalableDimension is specified');
  return (
    input.ServiceNamespace === put.ServiceNamespace &&
    (!input.ResourceId || input.ResourceId === put.ResourceId) &&
    (!input.ScalableDimension || input.ScalableDimension === put.ScalableDimension)
  );
}

export function deleteScalingPolicy(world: World, input: DeleteScalingPolicyRequest) {
  const key = named(targetKey(input.ResourceId!, input.ScalableDimension!), input.PolicyName!);
  if (input.ServiceNamespace !== 'sagemaker' || !world.policies.delete(key))
    throw notFound('scaling policy', `${describedId(input)}, policy name: ${input.PolicyName}`);
  return {};
}

const SCHEDULE = /^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|rate\(\d+ (minute|hour|day)s?\)|cron\(\S+( \S+){5}\))$/;

/** The names of the IANA: https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html */
function isTimezone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return /^[A-Za-z]/.test(timeZone);
  } catch {
    return false;
  }
}

/** Kept and described; the simulator does not carry schedules out. */
export function putScheduledAction(world: World, input: PutScheduledActionRequest) {
  const key = requireTarget(world, input);
  const id = named(key, input.ScheduledActionName!);
  const existing = world.scheduledActions.get(id);
  if (!existing && (!input.Schedule || !input.ScalableTargetAction))
    throw validationException('Schedule and ScalableTargetAction are required when creating a scheduled action');
  if (input.Schedule && !SCHEDULE.test(input.Schedule))
    throw validationException(`Invalid schedule expression: ${input.Schedule}`);
  if (input.Timezone && !isTimezone(input.Timezone)) throw validationException(`Invalid timezone: ${input.Timezone}`);
  const { MinCapacity: min, MaxCapacity: max } = input.ScalableTargetAction ?? {};
  if (Math.min(min ?? 0, max ?? 0) < 0) throw validationException('Capacity cannot be less than 0');
  if (min !== undefined && max !== undefined && min > max)
    throw validationException('Maximum capacity cannot be less than minimum capacity');
  const prefix = `arn:aws:autoscaling:${world.region}:${world.accountId}:scheduledAction:${randomUUID()}`;
  const action: ScheduledAction = {
    arn:
      existing?.arn ??
      `${prefix}:resource/sagemaker/${input.ResourceId}:scheduledActionName/${input.ScheduledActionName}`,
    targetKey: key,
    createdAt: existing?.createdAt ?? world.now(),
    // "If you don't specify start and end times, the old values are deleted" (API_PutScheduledAction).
    input: { ...existing?.input, ...input, StartTime: input.StartTime, EndTime: input.EndTime },
  };
  world.scheduledActions.set(id, action);
  return {};
}

export function describeScheduledActions(world: World, input: DescribeScheduledActionsRequest) {
  const chosen = [...world.scheduledActions.values()].filter(
    (action) =>
      chosenBy(input, action.input) &&
      (input.ScheduledActionNames?.includes(action.input.ScheduledActionName!) ?? true),
  );
  const { page, next } = paged(chosen, input, 50);
  const ScheduledActions = page.map(({ arn, createdAt, input: put }) => ({
    ...put,
    ...{ ScheduledActionARN: arn, CreationTime: new Date(createdAt) },
  }));
  return { ScheduledActions, ...next };
}

export function deleteScheduledAction(world: World, input: DeleteScheduledActionRequest) {
  const key = named(targetKey(input.ResourceId!, input.ScalableDimension!), input.ScheduledActionName!);
  if (input.ServiceNamespace !== 'sagemaker' || !world.scheduledActions.delete(key))
    throw notFound('scheduled action', `${describedId(input)}, scheduled action name: ${input.ScheduledActionName}`);
  return {};
}

const notFound = (what: string, where: string) =>
  new AwsError('ObjectNotFoundException', `No ${what} found for ${where}`);
