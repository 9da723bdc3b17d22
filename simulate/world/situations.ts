// What is there before, and what is asked for: each a rollout of another kind, with the end that it has when nothing fails.

import { STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import type { Execution } from '../engine/execution.ts';
import { type ArchiveKind, archive } from './archives.ts';
import { callHosting } from './aws/hosting-calls.ts';
import { engineAsItIs } from './engine.ts';
import { keyOf, SimulatedStack, type SimulatedStackOptions } from './simulated-stack.ts';
import { ACCOUNT, EXECUTION_ROLE, IMAGE_DIGEST, REGION, STACK } from './stack-names.ts';

export const ENDPOINT = 'iris';
/** Somebody else's, in the same account. */
export const FOREIGN = 'theirs';

type Base =
  | 'nothing'
  | 'handedOver'
  | 'encrypted'
  | 'serving'
  | 'scaledOut'
  | 'scheduled'
  | 'twoReleases'
  | 'fourReleases';

export interface Situation {
  readonly base: Base;
  readonly begin: (stack: SimulatedStack) => Promise<Execution | null>;
  readonly ends: OutcomeName;
  /** The one from which it differs only in some functions: elsewhere its calls fail as they fail there. */
  readonly like?: string;
  /** Those functions; by default those that work while the endpoint changes. */
  readonly own?: readonly string[];
}

const scaling = { minimum: 1, maximum: 8, target: 50, scaleInCooldownSeconds: 10, scaleOutCooldownSeconds: 10 };
/** Few requests: each is a call that may fail. */
const canaryInvocations = { requests: 2 };
const settings = { canaryInvocations, scaling, tags: { owner: 'botany' } };
/** Under SageMaker's guardrails: one of three instances first, watched by alarms; short waits, for each golden request is a call. */
const guarded = {
  ...{ ...settings, verification: 'live', alarms: { maximumErrorPercent: 10 } },
  strategy: { type: 'canary', canaryPercent: 34, waitSeconds: 60, terminationWaitSeconds: 20 },
};
/** The same with the traffic in three steps of one instance each: to a second fleet, or as the instances are replaced. */
const linear = {
  ...guarded,
  strategy: { type: 'linear', stepPercent: 34, waitSeconds: 60, terminationWaitSeconds: 20 },
};
const rolling = { ...guarded, strategy: { type: 'rolling', batchPercent: 34, waitSeconds: 60 } };
/** Another instance type: SageMaker takes it only while the variant is not scaled, so that its schedules go and come back. */
const larger = { ...settings, verification: 'live', hosting: { type: 'realtime', instanceType: 'ml.c5.large' } };
const wrongCases = [{ name: 'never', request: { body: {} }, expect: { status: 200, json: { number: -1 } } }];

const uploading =
  (kind: ArchiveKind, number: number, manifest: object = { canaryInvocations }) =>
  async (stack: SimulatedStack): Promise<null> => {
    stack.manifest(ENDPOINT, manifest);
    stack.upload(keyOf(ENDPOINT, number), await archive(kind, number));
    return null;
  };
const requesting = (request: Record<string, unknown>) => async (stack: SimulatedStack) =>
  stack.request({ endpointName: ENDPOINT, ...request } as never);

export const situations = {
  create: { base: 'nothing', begin: uploading('good', 1), ends: 'deployed' },
  createWrong: { base: 'nothing', begin: uploading('wrong', 3), ends: 'rolledBack' },
  update: { base: 'scaledOut', begin: uploading('good', 2, settings), ends: 'deployed' },
  updateWrong: { base: 'scaledOut', begin: uploading('wrong', 3, settings), ends: 'rolledBack' },
  updateLive: {
    base: 'scaledOut',
    begin: uploading('good', 2, { ...settings, verification: 'live' }),
    ends: 'deployed',
  },
  updateLiveWrong: {
    base: 'scaledOut',
    begin: uploading('wrong', 3, { ...settings, scaling: 'none', verification: 'live' }),
    ends: 'rolledBack',
  },
  updateGuarded: { base: 'scaledOut', begin: uploading('good', 2, guarded), ends: 'deployed' },
  updateGuardedWrong: { base: 'scaledOut', begin: uploading('wrong', 3, guarded), ends: 'rolledBack' },
  updateLinear: { base: 'scaledOut', begin: uploading('good', 2, linear), ends: 'deployed', like: 'updateGuarded' },
  /** SageMaker takes it back by itself: every answer of its first instance raises an alarm. */
  updateLinearAlarm: {
    ...{ base: 'scaledOut', begin: uploading('broken', 3, linear), ends: 'rolledBack' },
    like: 'updateGuardedWrong',
  },
  updateRolling: { base: 'scaledOut', begin: uploading('good', 2, rolling), ends: 'deployed', like: 'updateGuarded' },
  updateRollingWrong: {
    ...{ base: 'scaledOut', begin: uploading('wrong', 3, rolling), ends: 'rolledBack' },
    like: 'updateGuardedWrong',
  },
  updateScheduled: { base: 'scheduled', begin: uploading('good', 2, larger), ends: 'deployed', like: 'updateLive' },
  updateScheduledWrong: {
    ...{ base: 'scheduled', begin: uploading('wrong', 3, larger), ends: 'rolledBack' },
    like: 'updateLiveWrong',
  },
  /** Without golden cases the model is asked for a row. */
  createAnswered: {
    ...{ base: 'nothing', begin: uploading('unverified', 1), ends: 'deployed' },
    ...{ like: 'create', own: ['RunCanary'] },
  },
  createFailing: {
    ...{ base: 'nothing', begin: uploading('failing', 3), ends: 'rolledBack' },
    ...{ like: 'createWrong', own: ['RunCanary'] },
  },
  updateFailing: {
    ...{ base: 'scaledOut', begin: uploading('failing', 3, settings), ends: 'rolledBack' },
    ...{ like: 'updateWrong', own: ['VerifyCandidate'] },
  },
  /** The first rollout to an endpoint that something else made goes back to its configuration. */
  takeOverWrong: {
    base: 'handedOver',
    begin: uploading('wrong', 3, { ...settings, scaling: 'none', verification: 'live' }),
    ...{ ends: 'rolledBack', like: 'updateLiveWrong', own: ['PlanRollout', 'RollBack', 'CheckRollback'] },
  },
  /** It has a key, which an update would drop. */
  takeOverRefused: {
    ...{ base: 'encrypted', begin: uploading('good', 2, settings), ends: 'rejected' },
    ...{ like: 'updateLiveWrong', own: ['PlanRollout'] },
  },
  settings: { base: 'scaledOut', begin: requesting(settings), ends: 'deployed' },
  settingsWrong: {
    base: 'scaledOut',
    begin: requesting({ ...settings, scaling: 'none', canaryInvocations: { ...canaryInvocations, cases: wrongCases } }),
    ends: 'rolledBack',
  },
  again: { base: 'serving', begin: uploading('good', 1), ends: 'unchanged' },
  /** The oldest release goes, and the artifact of one that failed. */
  superseding: { base: 'fourReleases', begin: uploading('good', 8), ends: 'deployed' },
  rollback: { base: 'twoReleases', begin: requesting({ action: 'rollback' }), ends: 'deployed' },
  retire: { base: 'scaledOut', begin: requesting({ action: 'retireEndpoint' }), ends: 'retired' },
} as const satisfies Record<string, Situation>;
export type SituationName = keyof typeof situations;

/** What is called from the moment at which the live endpoint is changed to the one at which it is as it should be. */
const WHILE_IT_CHANGES: readonly string[] = [
  ...['CreateAlarms', 'DeployEndpoint', 'CheckEndpoint', 'SendGoldenTraffic', 'JudgeFleet', 'DeleteAlarms'],
  ...['RegisterScaling', 'RollBack', 'CheckRollback'],
];

export const isLikeAnother = (situation: SituationName): boolean => 'like' in situations[situation];

/** Whether a call of this function in this situation is another one than in the situation that it is like. */
export const isOwnCall = (situation: SituationName, functionName: string): boolean =>
  !isLikeAnother(situation) || ownFunctions(situation).includes(functionName);

const ownFunctions = (situation: SituationName): readonly string[] =>
  (situations[situation] as Situation).own ?? WHILE_IT_CHANGES;

/** Of the states of its course those from the first on that differs. */
export const ownStates = (situation: SituationName, states: readonly string[]): readonly string[] =>
  isLikeAnother(situation) ? states.slice(states.findIndex((state) => isOwnCall(situation, state))) : states;

/** Somebody's own endpoint. */
async function foreign(stack: SimulatedStack, name: string, more: object = {}): Promise<void> {
  // One that is handed over serves with the image of the stack already.
  const repository = name === ENDPOINT ? 'serving' : 'theirs';
  const Image = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${repository}@${IMAGE_DIGEST}`;
  await stack.person('sagemaker', 'CreateModel', {
    ...{ ModelName: name, ExecutionRoleArn: EXECUTION_ROLE, PrimaryContainer: { Image } },
  });
  const variant = { VariantName: 'one', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount: 1 };
  await stack.person('sagemaker', 'CreateEndpointConfig', {
    EndpointConfigName: name,
    ProductionVariants: [variant],
    ...more,
  });
  await stack.person('sagemaker', 'CreateEndpoint', { EndpointName: name, EndpointConfigName: name });
  await stack.account.time.run(() => false, stack.account.time.now + 60_000);
}

const handOver = (stack: SimulatedStack): Promise<object> =>
  stack.person('sagemaker', 'AddTags', {
    ResourceArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/${ENDPOINT}`,
    Tags: [{ Key: STACK_TAG, Value: STACK }],
  });

const target = {
  ...{ ServiceNamespace: 'sagemaker', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' },
  ResourceId: `endpoint/${ENDPOINT}/variant/primary`,
};

/** Somebody's schedule that runs once, so many seconds from now, in UTC. */
export async function scheduleOnce(stack: SimulatedStack, ScheduledActionName: string, seconds: number): Promise<void> {
  const Schedule = `at(${new Date(stack.account.time.now + seconds * 1000).toISOString().slice(0, 19)})`;
  await stack.person('application-autoscaling', 'PutScheduledAction', {
    ...{ ...target, ScheduledActionName, Schedule },
    ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
  });
}

const bases: Record<Base, (stack: SimulatedStack) => Promise<void>> = {
  nothing: async (stack) => {
    // Which nothing here may touch.
    await foreign(stack, FOREIGN);
    // The sweeper has been there before.
    await stack.settle();
  },
  /** Another one of somebody's, which is the stack's from now on. */
  handedOver: async (stack) => {
    await bases.nothing(stack);
    await foreign(stack, ENDPOINT);
    await handOver(stack);
  },
  encrypted: async (stack) => {
    await bases.nothing(stack);
    await foreign(stack, ENDPOINT, { KmsKeyId: 'alias/theirs' });
    await handOver(stack);
  },
  serving: async (stack) => {
    await bases.nothing(stack);
    await uploading('good', 1)(stack);
    await stack.settle();
  },
  /** Three instances by scaling, a schedule and a tag of somebody's. */
  scaledOut: async (stack) => {
    await bases.serving(stack);
    stack.autoScale(ENDPOINT, 3);
    await stack.account.time.run(() => false, stack.account.time.now + 60_000);
    await stack.person('application-autoscaling', 'PutScheduledAction', {
      ...{ ...target, ScheduledActionName: 'morning', Schedule: 'cron(0 8 * * ? *)' },
      ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 5 },
    });
    await stack.person('sagemaker', 'AddTags', {
      ResourceArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/${ENDPOINT}`,
      Tags: [{ Key: 'team', Value: 'flowers' }],
    });
  },
  /** The same, and two schedules that run but once: one within the rollout, one years after it. */
  scheduled: async (stack) => {
    await bases.scaledOut(stack);
    await scheduleOnce(stack, 'soon', 15);
    await scheduleOnce(stack, 'in-years', 3 * 365 * 86_400);
  },
  twoReleases: async (stack) => {
    await bases.serving(stack);
    await uploading('good', 2)(stack);
    await stack.settle();
  },
  fourReleases: async (stack) => {
    await bases.twoReleases(stack);
    const uploads: [ArchiveKind, number][] = [['good', 4], ['good', 6], ['wrong', 3]]; // biome-ignore format: one line
    for (const [kind, number] of uploads) {
      await uploading(kind, number)(stack);
      await stack.settle();
    }
  },
};

const prepared = new Map<Base, SimulatedStack>();

/**
 * A stack in which the base is there already. It is built by real rollouts once; after that their calls that changed something
 * are made again, at their own moments, and what S3 and DynamoDB hold is copied.
 */
export async function stackWith(base: Base, options: SimulatedStackOptions): Promise<SimulatedStack> {
  let first = prepared.get(base);
  if (first === undefined) {
    first = new SimulatedStack({ ...engineAsItIs(), seed: 1 });
    await bases[base](first);
    prepared.set(base, first);
  }
  const stack = new SimulatedStack(options);
  await stack.replay(first, async ({ service, operation, input }) => {
    await callHosting(stack.account.hosting, service as 'sagemaker', operation, input);
  });
  return stack;
}
