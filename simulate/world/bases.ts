// What is there before a rollout begins: built by real rollouts once, and made again for every scenario.
import { STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import type { Execution } from '../engine/execution.ts';
import { type ArchiveKind, archive } from './archives.ts';
import { callHosting } from './aws/hosting-calls.ts';
import { engineAsItIs } from './engine.ts';
import { keyOf, SimulatedStack, type SimulatedStackOptions } from './simulated-stack.ts';
import { ACCOUNT, EXECUTION_ROLE, IMAGE_DIGEST, KEY_ARN, REGION, STACK, VPC } from './stack-names.ts';

export const ENDPOINT = 'iris';
/** Somebody else's, in the same account. */
export const FOREIGN = 'theirs';

export type BaseName =
  | 'nothing'
  | 'handedOver'
  | 'encrypted'
  | 'serving'
  | 'scaledOut'
  | 'scheduled'
  | 'twoReleases'
  | 'fourReleases'
  | 'oneOfTwoModels'
  | 'twoModels'
  | 'twoVariants'
  | 'twoVariantsWatched'
  | 'bothScaledOut'
  | 'weightsMoved'
  | 'challengerUpdated'
  | 'serverless'
  | 'private'
  | 'asyncServing'
  | 'asynchronous'
  | 'asyncReleases';

/** Begins a rollout; null where an upload does, whose event comes later. */
export type Begin = (stack: SimulatedStack) => Promise<Execution | null>;

/** `variantName`: for which of several variants. */
export const uploading =
  (kind: ArchiveKind, number: number, manifest: object, variantName?: string): Begin =>
  async (stack) => {
    stack.manifest(ENDPOINT, manifest);
    stack.upload(keyOfVariant(variantName, number), await archive(kind, number));
    return null;
  };
export const keyOfVariant = (variantName: string | undefined, version: string | number): string =>
  keyOf(variantName === undefined ? ENDPOINT : `${ENDPOINT}/${variantName}`, version);
export const requesting =
  (request: Record<string, unknown>): Begin =>
  async (stack) =>
    stack.request({ endpointName: ENDPOINT, ...request } as never);

/** Few requests: each is a call that may fail. */
export const canaryInvocations = { requests: 2 };
const uploadingGood = (number: number) => uploading('good', number, { canaryInvocations });

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

const targetOf = (variantName: string) => ({
  ...{ ServiceNamespace: 'sagemaker', ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' },
  ResourceId: `endpoint/${ENDPOINT}/variant/${variantName}`,
});
const target = targetOf('primary');

/** What people add to a variant and to the endpoint: three instances by scaling, a schedule and a tag. */
async function scaleOut(stack: SimulatedStack, variantName: string): Promise<void> {
  stack.autoScale(ENDPOINT, 3, variantName);
  await stack.account.time.run(() => false, stack.account.time.now + 60_000);
  await stack.person('application-autoscaling', 'PutScheduledAction', {
    ...{ ...targetOf(variantName), ScheduledActionName: 'morning', Schedule: 'cron(0 8 * * ? *)' },
    ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 5 },
  });
  await tagByPerson(stack);
}

const tagByPerson = (stack: SimulatedStack): Promise<object> =>
  stack.person('sagemaker', 'AddTags', {
    ResourceArn: `arn:aws:sagemaker:${REGION}:${ACCOUNT}:endpoint/${ENDPOINT}`,
    Tags: [{ Key: 'team', Value: 'flowers' }],
  });

/** With nine and one of ten requests. */
export const CHAMPION = 'champion';
export const CHALLENGER = 'challenger';
/** Of somebody's own: it goes off as soon as the challenger is asked anything. */
export const THEIR_ALARM = 'theirs';
export const weighted = (champion: number, challenger: number) => [
  { name: CHAMPION, weight: champion },
  { name: CHALLENGER, weight: challenger },
];
/** What its manifest says of a serverless endpoint; the fields of scaling are as those of its metric. */
export const serverless = {
  hosting: { type: 'serverless', memoryMegabytes: 2048, maximumConcurrency: 5, provisionedConcurrency: 1 },
  scaling: { minimum: 1, maximum: 4, target: 0.7 },
};
/** What its manifest says of an asynchronous endpoint, whose instances work on one request each. */
export const asynchronous = {
  hosting: { type: 'async', instanceCount: 2, maximumConcurrentInvocationsPerInstance: 1 },
};
export const inNetwork = {
  network: { vpc: VPC, isolation: true },
  encryption: { volumeKmsKeyArn: KEY_ARN },
};
export const twoVariants = { canaryInvocations, variants: weighted(90, 10) };

/** Ahead of UTC by 5:45 all year, so that who reads the time as UTC takes it for hours later. */
const KATHMANDU_SECONDS = 20_700;

/** Somebody's schedule that runs once, so many seconds from now, in a timezone of its own. */
export async function scheduleOnce(stack: SimulatedStack, ScheduledActionName: string, seconds: number): Promise<void> {
  const Schedule = `at(${new Date(stack.account.time.now + (seconds + KATHMANDU_SECONDS) * 1000).toISOString().slice(0, 19)})`;
  await stack.person('application-autoscaling', 'PutScheduledAction', {
    ...{ ...target, ScheduledActionName, Schedule },
    Timezone: 'Asia/Kathmandu',
    ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 6 },
  });
}

const bases: Record<BaseName, (stack: SimulatedStack) => Promise<void>> = {
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
    await uploadingGood(1)(stack);
    await stack.settle();
  },
  /** Three instances by scaling, a schedule and a tag of somebody's. */
  scaledOut: async (stack) => {
    await bases.serving(stack);
    await scaleOut(stack, 'primary');
  },
  /** The same, and two schedules that run but once: one within the rollout, one years after it. */
  scheduled: async (stack) => {
    await bases.scaledOut(stack);
    await scheduleOnce(stack, 'soon', 15);
    await scheduleOnce(stack, 'in-years', 3 * 365 * 86_400);
  },
  twoReleases: async (stack) => {
    await bases.serving(stack);
    await uploadingGood(2)(stack);
    await stack.settle();
  },
  fourReleases: async (stack) => {
    await bases.twoReleases(stack);
    const uploads: [ArchiveKind, number][] = [['good', 4], ['good', 6], ['wrong', 3]]; // biome-ignore format: one line
    for (const [kind, number] of uploads) {
      await uploading(kind, number, { canaryInvocations })(stack);
      await stack.settle();
    }
  },
  /** Of two variants the model of one was uploaded, and rejected as long as the other has none. */
  oneOfTwoModels: async (stack) => {
    await bases.nothing(stack);
    await uploading('good', 1, twoVariants, CHAMPION)(stack);
    await stack.settle();
  },
  twoModels: async (stack) => {
    await bases.oneOfTwoModels(stack);
    await uploading('good', 2, twoVariants, CHALLENGER)(stack);
    await stack.settle();
  },
  twoVariants: async (stack) => {
    await bases.twoModels(stack);
    await scaleOut(stack, CHAMPION);
  },
  bothScaledOut: async (stack) => {
    await bases.twoVariants(stack);
    stack.autoScale(ENDPOINT, 3, CHALLENGER);
    await stack.account.time.run(() => false, stack.account.time.now + 60_000);
  },
  twoVariantsWatched: async (stack) => {
    await bases.twoVariants(stack);
    await stack.person('cloudwatch', 'PutMetricAlarm', {
      ...{
        AlarmName: THEIR_ALARM,
        Namespace: 'AWS/SageMaker',
        MetricName: 'Invocations',
        Statistic: 'Sum',
        Period: 60,
      },
      Dimensions: [
        { Name: 'EndpointName', Value: ENDPOINT },
        { Name: 'VariantName', Value: CHALLENGER },
      ],
      ...{ EvaluationPeriods: 1, Threshold: 0, ComparisonOperator: 'GreaterThanThreshold' },
      TreatMissingData: 'notBreaching',
    });
  },
  weightsMoved: async (stack) => {
    await bases.twoVariants(stack);
    await requesting({ variants: weighted(50, 50) })(stack);
    await stack.settle();
  },
  challengerUpdated: async (stack) => {
    await bases.twoVariants(stack);
    await uploading('good', 4, twoVariants, CHALLENGER)(stack);
    await stack.settle();
  },
  /** Three of its containers are kept warm, by scaling. */
  serverless: async (stack) => {
    await bases.nothing(stack);
    await uploading('good', 1, { canaryInvocations, ...serverless })(stack);
    await stack.settle();
    stack.autoScale(ENDPOINT, 3);
    await stack.account.time.run(() => false, stack.account.time.now + 60_000);
  },
  /** In somebody's network, its volumes under his key. */
  private: async (stack) => {
    await bases.nothing(stack);
    await uploading('good', 1, { canaryInvocations, ...inNetwork })(stack);
    await stack.settle();
  },
  asyncServing: async (stack) => {
    await bases.nothing(stack);
    await uploading('good', 1, asynchronous)(stack);
    await stack.settle();
  },
  /** Somebody has given it a third instance, and a tag. */
  asynchronous: async (stack) => {
    await bases.asyncServing(stack);
    await stack.person('sagemaker', 'UpdateEndpointWeightsAndCapacities', {
      EndpointName: ENDPOINT,
      DesiredWeightsAndCapacities: [{ VariantName: 'primary', DesiredInstanceCount: 3 }],
    });
    await stack.account.time.run(() => false, stack.account.time.now + 60_000);
    await tagByPerson(stack);
  },
  asyncReleases: async (stack) => {
    await bases.asynchronous(stack);
    await uploading('good', 2, asynchronous)(stack);
    await stack.settle();
  },
};

const prepared = new Map<BaseName, SimulatedStack>();

/**
 * A stack in which the base is there already. It is built by real rollouts once; after that their calls that changed something
 * are made again, at their own moments, and what S3 and DynamoDB hold is copied.
 */
export async function stackWith(base: BaseName, options: SimulatedStackOptions): Promise<SimulatedStack> {
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
