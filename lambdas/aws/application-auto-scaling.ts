// The port `Scaling` on Application Auto Scaling.
import {
  type ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeleteScheduledActionCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
  paginateDescribeScalingPolicies,
  paginateDescribeScheduledActions,
  RegisterScalableTargetCommand,
  type ScalingPolicy,
} from '@aws-sdk/client-application-auto-scaling';
import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { isOwnSchedule } from '../core/scaling/own-schedules.ts';
import { isOwnStep } from '../core/scaling/own-steps.ts';
import { isOwnPolicy, targetTrackingConfiguration } from '../core/scaling/scaling-change.ts';
import { wholeState } from '../core/scaling/suspended-state.ts';
import type { AlarmTags, Scaling } from '../ports/scaling.ts';
import { toRolloutError } from './sdk-error.ts';
import { findStepAlarms, putStepAlarm, removeStepAlarms, stepAlarmOf } from './step-alarms.ts';

// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
const ServiceNamespace = 'sagemaker';
const keyOf = ({ resourceId, dimension }: ScalableTarget) =>
  ({ ServiceNamespace, ScalableDimension: dimension, ResourceId: resourceId }) as const;

type RecordedPolicy = ScalingRecord['policies'][number];

/** A policy of a target, without the target. */
type Policy = Omit<PutScalingPolicyCommandInput, keyof ReturnType<typeof keyOf>>;

/** For who only looks: its bundle need not hold the rest. */
export const applicationAutoScalingReader = (
  client: ApplicationAutoScalingClient,
  cloudWatch: CloudWatchClient,
): Pick<Scaling, 'find'> => ({ find: (target) => renamed(readScaling(client, cloudWatch, target)) });

/** For who only looks, and changes limits. */
export function applicationAutoScalingLimits(
  client: ApplicationAutoScalingClient,
  cloudWatch: CloudWatchClient,
): Pick<Scaling, 'find' | 'limit'> {
  return {
    ...applicationAutoScalingReader(client, cloudWatch),
    limit: (target, limits) => registerTarget(client, target, limits),
  };
}

async function registerTarget(
  client: ApplicationAutoScalingClient,
  target: ScalableTarget,
  { minimum: MinCapacity, maximum: MaxCapacity }: Pick<ScalingRecord, 'minimum' | 'maximum'>,
  SuspendedState?: ScalingRecord['suspended'],
): Promise<void> {
  const command = { ...keyOf(target), MinCapacity, MaxCapacity, SuspendedState };
  await renamed(client.send(new RegisterScalableTargetCommand(command)));
}

export function applicationAutoScaling(client: ApplicationAutoScalingClient, cloudWatch: CloudWatchClient): Scaling {
  const putPolicy = async (target: ScalableTarget, policy: Policy): Promise<string> => {
    const { PolicyARN = '' } = await renamed(client.send(new PutScalingPolicyCommand({ ...keyOf(target), ...policy })));
    return PolicyARN;
  };
  const putRecorded = async (target: ScalableTarget, policy: RecordedPolicy, tags: AlarmTags) => {
    const { name, type, configuration } = policy;
    const kind = { PolicyName: name, PolicyType: type as PutScalingPolicyCommandInput['PolicyType'] };
    const arn = await putPolicy(target, { ...kind, [`${type}PolicyConfiguration`]: configuration });
    await putStepAlarm(cloudWatch, target, policy, arn, tags);
  };
  const deletePolicy = async (target: ScalableTarget, PolicyName: string) => {
    await renamed(client.send(new DeleteScalingPolicyCommand({ ...keyOf(target), PolicyName })));
  };
  const putSchedules = async (target: ScalableTarget, actions: ScalingRecord['scheduledActions']) => {
    for (const { name, definition } of actions) {
      const action = { ...definition, StartTime: dateOf(definition.StartTime), EndTime: dateOf(definition.EndTime) };
      const key = { ...keyOf(target), ScheduledActionName: name };
      await renamed(
        client.send(new PutScheduledActionCommand({ ...action, ...key } as PutScheduledActionCommandInput)),
      );
    }
  };
  const deleteSchedules = async (target: ScalableTarget, names: readonly string[]) => {
    for (const ScheduledActionName of names)
      await renamed(client.send(new DeleteScheduledActionCommand({ ...keyOf(target), ScheduledActionName })));
  };
  /** An alarm goes before the policy that it fires: an attempt that broke off between them finds the policy, and goes on. */
  const deleteOwnSteps = async (target: ScalableTarget, names: readonly string[]) => {
    await removeStepAlarms(cloudWatch, target, names);
    for (const name of names) await deletePolicy(target, name);
  };
  const { find, limit } = applicationAutoScalingLimits(client, cloudWatch);
  return {
    find,
    limit,
    async register(target, policyName, tracking, change, tags) {
      await registerTarget(client, target, change.limits, change.suspended);
      for (const name of change.replacedPolicies) await deletePolicy(target, name);
      await deleteOwnSteps(target, change.removedSteps);
      await putPolicy(target, {
        PolicyName: policyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: targetTrackingConfiguration(tracking),
      });
      for (const policy of change.steps) await putRecorded(target, policy, tags);
      await deleteSchedules(target, change.removedSchedules);
      await putSchedules(target, change.schedules);
    },
    async restore(target, record, tags) {
      const live = await find(target);
      await registerTarget(client, target, record, wholeState(record.suspended));
      const goes = (live?.policies ?? []).filter((policy) => record.policies.every(({ name }) => name !== policy.name));
      await deleteOwnSteps(
        target,
        goes.filter(isOwnStep).map(({ name }) => name),
      );
      for (const policy of goes) if (!isOwnStep(policy)) await deletePolicy(target, policy.name);
      // Ours first: it may track what another one tracks again, and AWS takes one policy for each metric.
      const policies = [...record.policies].sort((one, other) => Number(isOwnPolicy(other)) - Number(isOwnPolicy(one)));
      for (const policy of policies) await putRecorded(target, policy, tags);
      const added = (live?.scheduledActions ?? []).filter(
        (action) => isOwnSchedule(action) && !record.scheduledActions.some(({ name }) => name === action.name),
      );
      await deleteSchedules(
        target,
        added.map(({ name }) => name),
      );
      await putSchedules(target, record.scheduledActions);
    },
    async deregister(target) {
      await removeStepAlarms(cloudWatch, target);
      try {
        await client.send(new DeregisterScalableTargetCommand(keyOf(target)));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ObjectNotFoundException')) throw toScalingError(error);
      }
    },
  } satisfies Scaling;
}

async function readScaling(
  client: ApplicationAutoScalingClient,
  cloudWatch: CloudWatchClient,
  key: ScalableTarget,
): Promise<ScalingRecord | null> {
  const { ResourceId, ...kind } = keyOf(key);
  const { ScalableTargets } = await client.send(
    new DescribeScalableTargetsCommand({ ...kind, ResourceIds: [ResourceId] }),
  );
  const [target] = ScalableTargets ?? [];
  if (target === undefined) return null;
  const of = keyOf(key);
  const policies = await readPolicies(client, cloudWatch, key);
  const scheduledActions: ScalingRecord['scheduledActions'] = [];
  for await (const page of paginateDescribeScheduledActions({ client }, of)) {
    for (const {
      ScheduledActionName = '',
      Schedule,
      Timezone,
      StartTime,
      EndTime,
      ScalableTargetAction,
    } of page.ScheduledActions ?? []) {
      const definition = withoutUndefined({ Schedule, Timezone, StartTime, EndTime, ScalableTargetAction });
      scheduledActions.push({ name: ScheduledActionName, definition });
    }
  }
  return {
    minimum: target.MinCapacity ?? 0,
    maximum: target.MaxCapacity ?? 0,
    suspended: withoutUndefined(target.SuspendedState ?? {}) as ScalingRecord['suspended'],
    policies,
    scheduledActions,
  };
}

async function readPolicies(
  client: ApplicationAutoScalingClient,
  cloudWatch: CloudWatchClient,
  target: ScalableTarget,
): Promise<RecordedPolicy[]> {
  const found: ScalingPolicy[] = [];
  for await (const { ScalingPolicies = [] } of paginateDescribeScalingPolicies({ client }, keyOf(target)))
    found.push(...ScalingPolicies);
  const hasOwnSteps = found.some(({ PolicyName = '' }) => isOwnStep({ name: PolicyName }));
  const alarms = hasOwnSteps ? await findStepAlarms(cloudWatch, target) : [];
  return found.map((policy): RecordedPolicy => {
    const { PolicyName: name = '', PolicyType: type = '', PolicyARN: arn = '', Alarms = [] } = policy;
    const configuration = policy[`${type}PolicyConfiguration` as keyof typeof policy] ?? {};
    const recorded = { name, type, configuration: withoutUndefined(configuration as object) };
    if (type !== 'StepScaling') return recorded;
    const alarm = isOwnStep(recorded) ? stepAlarmOf(alarms, target, name, arn) : undefined;
    const firedBy = isOwnStep(recorded) ? [] : Alarms.map(({ AlarmName = '' }) => AlarmName).sort();
    return { ...recorded, ...(alarm !== undefined && { alarm }), ...(firedBy.length > 0 && { firedBy }) };
  });
}

/** As JSON has it: no undefined members, dates as ISO 8601. */
const withoutUndefined = (value: object): Record<string, unknown> => JSON.parse(JSON.stringify(value));

const dateOf = (value: unknown): Date | undefined => (typeof value === 'string' ? new Date(value) : undefined);

async function renamed<Answer>(call: Promise<Answer>): Promise<Answer> {
  try {
    return await call;
  } catch (error) {
    throw toScalingError(error);
  }
}

function toScalingError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  // Registering is eventually consistent, so a policy may come too early; concurrent changes ask to come again.
  if (error.name === 'ConcurrentUpdateException' || error.name === 'ObjectNotFoundException') {
    return new RolloutError('NotReady', error.message, { cause: error });
  }
  if (error.name === 'LimitExceededException')
    return new RolloutError('QuotaExceeded', error.message, { cause: error });
  return toRolloutError(error);
}
