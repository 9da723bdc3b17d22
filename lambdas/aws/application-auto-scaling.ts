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
} from '@aws-sdk/client-application-auto-scaling';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { SCALING_POLICY_NAME } from '../core/naming/names.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { isOwnSchedule } from '../core/scaling/own-schedules.ts';
import { targetTrackingConfiguration } from '../core/scaling/scaling-change.ts';
import type { Scaling } from '../ports/scaling.ts';
import { toRolloutError } from './sdk-error.ts';

// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
const ServiceNamespace = 'sagemaker';
const keyOf = ({ resourceId, dimension }: ScalableTarget) =>
  ({ ServiceNamespace, ScalableDimension: dimension, ResourceId: resourceId }) as const;

const isOwnPolicy = ({ name }: ScalingRecord['policies'][number]): boolean => name === SCALING_POLICY_NAME;

/** A policy of a target, without the target. */
type Policy = Omit<PutScalingPolicyCommandInput, keyof ReturnType<typeof keyOf>>;

/** For who only looks: its bundle need not hold the rest. */
export const applicationAutoScalingReader = (client: ApplicationAutoScalingClient): Pick<Scaling, 'find'> => ({
  find: (target) => renamed(readScaling(client, target)),
});

export function applicationAutoScaling(client: ApplicationAutoScalingClient): Scaling {
  const register = async (
    target: ScalableTarget,
    MinCapacity: number,
    MaxCapacity: number,
    SuspendedState?: ScalingRecord['suspended'],
  ) => {
    await renamed(
      client.send(new RegisterScalableTargetCommand({ ...keyOf(target), MinCapacity, MaxCapacity, SuspendedState })),
    );
  };
  const putPolicy = async (target: ScalableTarget, policy: Policy) => {
    await renamed(client.send(new PutScalingPolicyCommand({ ...keyOf(target), ...policy })));
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
  const { find } = applicationAutoScalingReader(client);
  return {
    find,
    async register(target, policyName, tracking, { limits, replacedPolicies, removedSchedules, schedules }) {
      await register(target, limits.minimum, limits.maximum);
      for (const name of replacedPolicies) await deletePolicy(target, name);
      await putPolicy(target, {
        PolicyName: policyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: targetTrackingConfiguration(tracking),
      });
      await deleteSchedules(target, removedSchedules);
      await putSchedules(target, schedules);
    },
    async restore(target, record) {
      const live = await find(target);
      await register(target, record.minimum, record.maximum, record.suspended);
      for (const policy of live?.policies ?? []) {
        if (record.policies.some(({ name }) => name === policy.name)) continue;
        await deletePolicy(target, policy.name);
      }
      // Ours first: it may track what another one tracks again, and AWS takes one policy for each metric.
      const policies = [...record.policies].sort((one, other) => Number(isOwnPolicy(other)) - Number(isOwnPolicy(one)));
      for (const { name, type, configuration } of policies) {
        const kind = { PolicyName: name, PolicyType: type as PutScalingPolicyCommandInput['PolicyType'] };
        await putPolicy(target, { ...kind, [`${type}PolicyConfiguration`]: configuration });
      }
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
      try {
        await client.send(new DeregisterScalableTargetCommand(keyOf(target)));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ObjectNotFoundException')) throw toScalingError(error);
      }
    },
  } satisfies Scaling;
}

async function readScaling(client: ApplicationAutoScalingClient, key: ScalableTarget): Promise<ScalingRecord | null> {
  const { ResourceId, ...kind } = keyOf(key);
  const { ScalableTargets } = await client.send(
    new DescribeScalableTargetsCommand({ ...kind, ResourceIds: [ResourceId] }),
  );
  const [target] = ScalableTargets ?? [];
  if (target === undefined) return null;
  const of = keyOf(key);
  const policies: ScalingRecord['policies'] = [];
  for await (const page of paginateDescribeScalingPolicies({ client }, of)) {
    for (const policy of page.ScalingPolicies ?? []) {
      const { PolicyName = '', PolicyType = '' } = policy;
      const configuration = policy[`${PolicyType}PolicyConfiguration` as keyof typeof policy] ?? {};
      policies.push({ name: PolicyName, type: PolicyType, configuration: withoutUndefined(configuration as object) });
    }
  }
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
