// 2,000 requests to an asynchronous endpoint while it is updated, taken back in two ways, scaled in to zero and woken: of each there is
// one object at the end, an answer or a failure.
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import { seeded } from '../../local/hosting/seeded.ts';
import type { Execution } from '../../simulate/engine/execution.ts';
import { bucketStore } from '../../simulate/world/aws/bucket-store.ts';
import { callHosting } from '../../simulate/world/aws/hosting-calls.ts';
import type { ResolvedHosting } from '../../state-machine/contract/resolved-request.ts';
import { answerOf, RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const REQUESTS = 2_000;
const TICK_MILLISECONDS = 20_000;
/** In a tick: somewhat more than one instance works off, so that requests wait at every moment. */
const IN_A_TICK = 20;

const hosting: ResolvedHosting = {
  ...{ type: 'async', instanceType: 'ml.m5.large', instanceCount: 1, startupTimeoutSeconds: null },
  ...{ downloadTimeoutSeconds: null, maximumConcurrentInvocationsPerInstance: 4 },
};
const request: Wish['request'] = { hosting, scaling: null };
const watched: Wish['request'] = {
  strategy: { traffic: { type: 'allAtOnce' }, terminationWaitSeconds: 300, maximumExecutionSeconds: null },
  alarms: { maximumErrorPercent: 5, maximumP99Milliseconds: null, maximumOldestRequestSeconds: 20_000, names: [] },
};

class Loaded {
  /** InferenceIds of customers, of which each has its object at the end. */
  readonly asked: string[] = [];
  /** While the endpoint changed, by the phase. */
  readonly duringChanges: Record<string, number> = {};
  /** By InferenceId: the URLs of all that was written. */
  readonly written = new Map<string, string[]>();
  readonly at: RolloutAccount;

  constructor() {
    const random = seeded(1);
    const inner = bucketStore(() => this.at.s3);
    this.at = new RolloutAccount({
      asyncStore: {
        ...inner,
        write: async (object) => {
          const [, id = ''] = /\/(customer-\d+)(?:-error)?\.out$/.exec(object.url) ?? [];
          if (id !== '') this.written.set(id, [...(this.written.get(id) ?? []), object.url]);
          await inner.write(object);
        },
      },
      fleet: new InProcessFleet({
        answer: (_request, spec) => this.at.answer(spec.modelDataUrl, spec.endpointName),
        description: () => null,
        tookMs: () => 1_000 + 5_000 * random(),
      }),
    });
  }

  async ask(): Promise<void> {
    const InferenceId = `customer-${this.asked.length}`;
    this.asked.push(InferenceId);
    await this.call('sagemaker-runtime', 'InvokeEndpointAsync', { EndpointName: 'iris', InferenceId, Body: '{}' });
  }

  async during(phase: string, { artifactSha256, request: more }: Wish): Promise<Execution> {
    const execution = this.at.begin({ artifactSha256, request: { ...request, ...more } });
    let changing = 0;
    while (execution.status === 'RUNNING') {
      const isChanging = (await this.endpoint()).EndpointStatus !== 'InService';
      for (let index = 0; index < IN_A_TICK; index++) await this.ask();
      changing += isChanging ? IN_A_TICK : 0;
      await this.at.pass(TICK_MILLISECONDS);
    }
    this.duringChanges[phase] = changing;
    return execution;
  }

  endpoint = () =>
    this.call('sagemaker', 'DescribeEndpoint', { EndpointName: 'iris' }) as Promise<{
      EndpointStatus: string;
      ProductionVariants: { CurrentInstanceCount: number }[];
    }>;

  instances = async () => (await this.endpoint()).ProductionVariants[0]!.CurrentInstanceCount;

  call = (service: Parameters<typeof callHosting>[1], operation: string, input: Record<string, unknown>) =>
    callHosting(this.at.hosting, service, operation, input);

  /** As AWS's page sets it up: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-autoscale.html */
  async scaleToZero(): Promise<void> {
    const id = {
      ...{ ServiceNamespace: 'sagemaker', ResourceId: 'endpoint/iris/variant/primary' },
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    };
    const metric = {
      Namespace: 'AWS/SageMaker',
      Dimensions: [{ Name: 'EndpointName', Value: 'iris' }],
      Statistic: 'Average',
    };
    await this.call('application-autoscaling', 'RegisterScalableTarget', { ...id, MinCapacity: 0, MaxCapacity: 3 });
    await this.call('application-autoscaling', 'PutScalingPolicy', {
      ...{ ...id, PolicyName: 'backlog', PolicyType: 'TargetTrackingScaling' },
      TargetTrackingScalingPolicyConfiguration: {
        ...{ TargetValue: 5, ScaleInCooldown: 60, ScaleOutCooldown: 60 },
        CustomizedMetricSpecification: { ...metric, MetricName: 'ApproximateBacklogSizePerInstance' },
      },
    });
    const { PolicyARN } = (await this.call('application-autoscaling', 'PutScalingPolicy', {
      ...{ ...id, PolicyName: 'wake', PolicyType: 'StepScaling' },
      StepScalingPolicyConfiguration: {
        ...{ AdjustmentType: 'ChangeInCapacity', MetricAggregationType: 'Average', Cooldown: 60 },
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    })) as { PolicyARN: string };
    await this.call('cloudwatch', 'PutMetricAlarm', {
      ...{ ...metric, MetricName: 'HasBacklogWithoutCapacity', AlarmName: 'wake', AlarmActions: [PolicyARN] },
      ...{ Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 2, Threshold: 1, TreatMissingData: 'missing' },
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  }
}

function isBusy({ hosting }: RolloutAccount): boolean {
  const { waiting, working } = hosting.backlog('iris')!;
  return waiting.length + working.length > 0;
}

test('of each request there is one answer or one failure, and none is lost', async () => {
  const load = new Loaded();
  const { at } = load;
  const outcomeOf = (execution: Execution) => at.announced.find(({ rolloutId }) => rolloutId === execution.name);
  expect(await at.rollOut({ request })).toMatchObject({ succeeded: true });

  const updated = await load.during('update', { artifactSha256: SHA_2 });
  expect(outcomeOf(updated)).toMatchObject({ outcome: 'deployed', verified: 'golden' });

  const live = (body: string, status = 200) => {
    at.answer = (url, name) => (name === 'iris' && url?.includes(SHA_1) ? { status, body } : answerOf(url));
  };
  live('{"artifact":"another"}');
  const rolledBack = await load.during('rollback', { artifactSha256: SHA_1 });
  expect(outcomeOf(rolledBack)).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });

  live('broken', 500);
  const byAlarm = await load.during('rollback by an alarm', { artifactSha256: SHA_1, request: watched });
  expect(outcomeOf(byAlarm)).toMatchObject({ outcome: 'rolledBack', error: 'DeploymentRolledBack' });

  // The backlog adds instances, and as it goes they go, with requests at work on the last of them; then some come to no instance.
  await load.scaleToZero();
  const left = Math.max(200, REQUESTS - 100 - load.asked.length);
  for (let index = 0; index < left; index++) await load.ask();
  let most = 0;
  for (let tick = 0; tick === 0 || (await load.instances()) > 0; tick++) {
    expect(tick).toBeLessThan(1_000);
    await at.pass(TICK_MILLISECONDS);
    most = Math.max(most, await load.instances());
    if (tick % 3 === 0 && tick < 60) await load.ask();
  }
  expect(most).toBeGreaterThan(1);
  while (load.asked.length < REQUESTS || (await load.instances()) === 0) {
    await load.ask();
    if (load.asked.length > REQUESTS) await at.pass(TICK_MILLISECONDS);
  }
  for (let tick = 0; (await load.endpoint()) && isBusy(at); tick++) {
    expect(tick).toBeLessThan(1_000);
    await at.pass(TICK_MILLISECONDS);
  }

  expect(load.asked.length).toBeGreaterThanOrEqual(REQUESTS);
  for (const sent of Object.values(load.duringChanges)) expect(sent).toBeGreaterThanOrEqual(100);
  const lost = load.asked.filter((id) => !load.written.has(id));
  const twice = [...load.written].filter(([, urls]) => urls.length !== 1);
  expect({ lost, twice }).toEqual({ lost: [], twice: [] });
  const all = [...load.written.values()].flat();
  const failures = all.filter((url) => url.includes('/failures/')).length;
  expect(failures).toBeGreaterThan(0);
  console.info(
    `${load.asked.length} requests: ${all.length - failures} answers and ${failures} failures, 0 lost, 0 twice; ` +
      `while the endpoint changed: ${JSON.stringify(load.duringChanges)}; up to ${most} instances, and down to 0.`,
  );
});
