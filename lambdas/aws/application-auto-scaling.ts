// The port `Scaling` on Application Auto Scaling.
import {
  type ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
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
import type { ScalingRecord } from '../../state-machine/contract/plan.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { targetTrackingConfiguration } from '../core/scaling/scaling-change.ts';
import type { Scaling } from '../ports/scaling.ts';
import { toRolloutError } from './sdk-error.ts';

// https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
const ServiceNamespace = 'sagemaker';
const ScalableDimension = 'sagemaker:variant:DesiredInstanceCount';
const variant = (ResourceId: string) => ({ ServiceNamespace, ScalableDimension, ResourceId }) as const;

/** A policy of a variant, without the variant. */
type Policy = Omit<PutScalingPolicyCommandInput, keyof ReturnType<typeof variant>>;

export function applicationAutoScaling(client: ApplicationAutoScalingClient): Scaling {
  const register = async (
    resourceId: string,
    MinCapacity: number,
    MaxCapacity: number,
    SuspendedState?: ScalingRecord['suspended'],
  ) => {
    await renamed(
      client.send(
        new RegisterScalableTargetCommand({ ...variant(resourceId), MinCapacity, MaxCapacity, SuspendedState }),
      ),
    );
  };
  const putPolicy = async (resourceId: string, policy: Policy) => {
    await renamed(client.send(new PutScalingPolicyCommand({ ...variant(resourceId), ...policy })));
  };
  const find = (resourceId: string) => renamed(readScaling(client, resourceId));
  return {
    find,
    async register(resourceId, policyName, tracking) {
      await register(resourceId, tracking.minimum, tracking.maximum);
      await putPolicy(resourceId, {
        PolicyName: policyName,
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: targetTrackingConfiguration(tracking),
      });
    },
    async restore(resourceId, record) {
      const live = await find(resourceId);
      await register(resourceId, record.minimum, record.maximum, record.suspended);
      for (const policy of live?.policies ?? []) {
        if (record.policies.some(({ name }) => name === policy.name)) continue;
        await renamed(client.send(new DeleteScalingPolicyCommand({ ...variant(resourceId), PolicyName: policy.name })));
      }
      for (const { name, type, configuration } of record.policies) {
        const kind = { PolicyName: name, PolicyType: type as PutScalingPolicyCommandInput['PolicyType'] };
        await putPolicy(resourceId, { ...kind, [`${type}PolicyConfiguration`]: configuration });
      }
      for (const { name, definition } of record.scheduledActions) {
        const action = { ...definition, StartTime: dateOf(definition.StartTime), EndTime: dateOf(definition.EndTime) };
        const target = { ...variant(resourceId), ScheduledActionName: name };
        await renamed(
          client.send(new PutScheduledActionCommand({ ...action, ...target } as PutScheduledActionCommandInput)),
        );
      }
    },
    async deregister(resourceId) {
      try {
        await client.send(new DeregisterScalableTargetCommand(variant(resourceId)));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'ObjectNotFoundException')) throw toScalingError(error);
      }
    },
  } satisfies Scaling;
}

async function readScaling(client: ApplicationAutoScalingClient, resourceId: string): Promise<ScalingRecord | null> {
  const { ScalableTargets } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [resourceId] }),
  );
  const target = ScalableTargets?.[0];
  if (target === undefined) return null;
  const of = variant(resourceId);
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
