// What is said of members that an update would drop, and of endpoints that have such.
import { judgeLiveConfiguration } from '../../lambdas/core/adoption/judge-live-configuration.ts';
import { liveSettings } from '../../lambdas/core/adoption/live-settings.ts';
import { uncarriedMembers } from '../../lambdas/core/adoption/uncarried-members.ts';
import { liveMetrics } from '../../lambdas/core/endpoint/live-metrics.ts';
import { ANSWERS, CAPTURE_S3_URI } from './foreign-endpoint.ts';

type Members = Record<string, unknown>;

const ways = {
  executionRoleArn: 'arn:aws:iam::000000000000:role/ours',
  captureS3Uri: CAPTURE_S3_URI,
  answers: ANSWERS,
};
const variant = { VariantName: 'one', ModelName: 'm', InstanceType: 'ml.m5.large', InitialInstanceCount: 2 };
const container = { Image: 'image', ModelDataUrl: 's3://b/m.tar.gz', Environment: {} };
const live = (config: Members = {}, model: Members = {}, tags: Record<string, string> = {}) => ({
  config: { name: 'theirs', members: { ProductionVariants: [variant], ...config }, tags },
  models: [
    { name: 'm', members: { PrimaryContainer: container, ExecutionRoleArn: ways.executionRoleArn, ...model }, tags },
  ],
});
const said = (...parts: Parameters<typeof live>) =>
  uncarriedMembers(live(...parts), ways, { team: 'flowers' }).map(({ where, message }) => `${where}: ${message}`);

const OF_CONFIG =
  'Move the endpoint to an endpoint configuration without it first, or roll out to an endpoint of another name.';
const OF_MODEL = OF_CONFIG.replace('an endpoint configuration', 'a model');
const DROPPED = 'Rollouts do not carry it: an update would drop it.';

test('each with its path, its value and the way forward, all at once', () => {
  expect(said()).toEqual([]);
  expect(
    said(
      { KmsKeyId: 'alias/theirs', ProductionVariants: [{ ...variant, VolumeSizeInGB: 100 }] },
      { InferenceExecutionConfig: { Mode: 'Direct' } },
    ),
  ).toEqual([
    `endpoint configuration theirs: ProductionVariants[0].VolumeSizeInGB: It is 100. ${DROPPED} ${OF_CONFIG}`,
    `endpoint configuration theirs: KmsKeyId: It is "alias/theirs". Requests name a key by its ARN alone, no alias and no id: name it so there. ${OF_CONFIG}`,
    `model m: InferenceExecutionConfig: It is {"Mode":"Direct"}. ${DROPPED} ${OF_MODEL}`,
  ]);
});

test('what is not known at all is set too', () => {
  expect(said({ FutureConfig: { Deep: [{ Member: 1 }] } })).toEqual([
    `endpoint configuration theirs: FutureConfig: It is {"Deep":[{"Member":1}]}. ${DROPPED} ${OF_CONFIG}`,
  ]);
  expect(said({ ProductionVariants: [{ ...variant, Future: 'x' }] })).toHaveLength(1);
});

test('what holds nothing is not set, and neither is what SageMaker returns by itself', () => {
  expect(
    said(
      { KmsKeyId: '', AsyncInferenceConfig: {}, ShadowProductionVariants: [], EnableNetworkIsolation: false },
      {
        PrimaryContainer: {
          ...{ ...container, Mode: 'SingleModel' },
          ModelDataSource: {
            S3DataSource: { S3Uri: 's3://b/m.tar.gz', S3DataType: 'S3Object', CompressionType: 'Gzip' },
          },
        },
        DeploymentRecommendation: { RecommendationStatus: 'COMPLETED' },
      },
    ),
  ).toEqual([]);
  expect(said({}, { PrimaryContainer: { ...container, Mode: 'MultiModel' } })).toEqual([
    `model m: PrimaryContainer.Mode: It is "MultiModel". ${DROPPED} ${OF_MODEL}`,
  ]);
});

test('values of an environment are never told', () => {
  const secret = { Environment: { SAGEMAKER_PROGRAM: 'hush', TOKEN: 'hush' } };
  const problems = said({}, { PrimaryContainer: { ...container, ...secret }, Containers: [{ Image: 'i', ...secret }] });
  expect(problems.join()).not.toContain('hush');
  expect(problems).toEqual([
    expect.stringContaining(
      'model m: PrimaryContainer.Environment.SAGEMAKER_PROGRAM: No request may set it: Names that begin with SAGEMAKER_ or AWS_ are reserved.',
    ),
    expect.stringContaining('"Environment":["SAGEMAKER_PROGRAM=…","TOKEN=…"]'),
  ]);
});

test('of what only the stack’s own value is taken over, another one is named with it', () => {
  const capture = {
    ...{ EnableCapture: true, InitialSamplingPercentage: 5, DestinationS3Uri: 's3://theirs/x' },
    CaptureOptions: [{ CaptureMode: 'InputAndOutput' }],
  };
  expect(said({ DataCaptureConfig: capture }, { ExecutionRoleArn: 'arn:aws:iam::1:role/theirs' })).toEqual([
    `endpoint configuration theirs: DataCaptureConfig.DestinationS3Uri: It is "s3://theirs/x". Rollouts capture to ${CAPTURE_S3_URI} alone. ${OF_CONFIG}`,
    `endpoint configuration theirs: DataCaptureConfig.CaptureContentTypeHeader: It is not set: everything is captured as base64. Rollouts capture JSON and CSV as text. ${OF_CONFIG}`,
    expect.stringMatching(
      /^model m: ExecutionRoleArn: It is "arn:aws:iam::1:role\/theirs"\. Rollouts run models with .*ours alone/,
    ),
  ]);
});

test('tags of a configuration or a model, unless the update gives them', () => {
  expect(
    said({}, {}, { team: 'flowers', 'aws:cloudformation:stack-name': 's', 'sagemaker-deployer:stack': 'S' }),
  ).toEqual([]);
  expect(said({}, {}, { team: 'trees' })).toEqual(
    ['endpoint configuration theirs', 'model m'].map(
      (of) =>
        `${of}: Tags.team: It is "trees". Give it in \`tags\` of the request, or take it off: an update would drop it.`,
    ),
  );
});

describe('the verdict', () => {
  const problem = { where: 'endpoint configuration theirs: KmsKeyId', message: 'It is set.' };
  const judged = (isOurs: boolean, whyNot: string | null, uncarried = [problem], problems: (typeof problem)[] = []) =>
    judgeLiveConfiguration({ endpointName: 'iris', isOurs, whyNot, uncarried, problems });

  test('what somebody else made is refused, what a rollout made is told', () => {
    expect(judged(false, null)).toEqual({
      refusal: {
        failure: {
          Error: 'RequestRejected',
          Cause:
            'The endpoint iris serves with something else than a rollout made, and an update would not keep all of it. ' +
            'endpoint configuration theirs: KmsKeyId: It is set.',
        },
        problems: [problem],
      },
      warnings: [],
    });
    expect(judged(true, null)).toEqual({
      refusal: null,
      warnings: ['endpoint configuration theirs: KmsKeyId: It is set.'],
    });
    expect(judged(false, null, [])).toEqual({ refusal: null, warnings: [] });
  });

  test('what the request wants is refused whoever made the endpoint, together with the rest', () => {
    const wanted = { where: 'hosting.instanceType', message: 'Not allowed.' };
    expect(judged(true, null, [problem], [wanted]).refusal).toEqual({
      failure: { Error: 'RequestRejected', Cause: 'hosting.instanceType: Not allowed.' },
      problems: [wanted],
    });
    expect(judged(false, null, [problem], [wanted]).refusal?.problems).toEqual([problem, wanted]);
  });

  test('with why it is not updated at all, in one list', () => {
    expect(judged(false, 'It is serverless.').refusal?.problems).toEqual([
      { where: 'endpoint iris', message: 'It is serverless.' },
      problem,
    ]);
    expect(judged(true, 'It is serverless.').refusal).toEqual({
      failure: { Error: 'RequestRejected', Cause: 'It is serverless.' },
      problems: [{ where: 'endpoint iris', message: 'It is serverless.' }],
    });
  });

  test('however much there is, the state has room for it', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ where: `m: ${index}`, message: 'x'.repeat(500) }));
    expect(JSON.stringify(judged(false, null, many)).length).toBeLessThan(12_000);
    expect(JSON.stringify(judged(true, null, many)).length).toBeLessThan(6_000);
  });
});

test('metrics: as they are, and switched off where the configuration is from before them', () => {
  expect(liveMetrics({})).toEqual({ enhanced: false, detailedObservability: false, publishFrequencySeconds: 60 });
  const MetricsConfig = {
    ...{ EnableEnhancedMetrics: true, EnableDetailedObservability: true },
    MetricPublishFrequencyInSeconds: 10,
  };
  expect(liveMetrics({ MetricsConfig })).toEqual({
    ...{ enhanced: true, detailedObservability: true, publishFrequencySeconds: 10 },
  });
});

test('settings, as a request would write them', () => {
  const DataCaptureConfig = { InitialSamplingPercentage: 5, CaptureOptions: [{ CaptureMode: 'InputAndOutput' }] };
  const tags = { team: 'flowers', 'sagemaker-deployer:stack': 'S', 'aws:x': 'y' };
  const Environment = { LEVEL: 'info' };
  const model = { PrimaryContainer: { ...container, Environment } };
  const slow = [
    { ...variant, ContainerStartupHealthCheckTimeoutInSeconds: 600, ModelDataDownloadTimeoutInSeconds: 90 },
  ];
  expect(liveSettings(live({ DataCaptureConfig, ProductionVariants: slow }, model), tags)).toEqual({
    hosting: {
      ...{ type: 'realtime', instanceType: 'ml.m5.large', instanceCount: 2 },
      ...{ startupTimeoutSeconds: 600, downloadTimeoutSeconds: 90 },
    },
    dataCapture: { samplingPercent: 5, capture: ['input', 'output'] },
    ...{ image: 'image', environment: Environment, network: { isolation: false }, tags: { team: 'flowers' } },
  });
  const [first, second] = ['1', '2'].map((id) => `arn:aws:kms:us-east-1:111122223333:key/mrk-${id.repeat(32)}`);
  const VpcConfig = { Subnets: ['subnet-2', 'subnet-1'], SecurityGroupIds: ['sg-2', 'sg-1'] };
  const keys = { KmsKeyId: first, DataCaptureConfig: { ...DataCaptureConfig, KmsKeyId: second } };
  expect(liveSettings(live(keys, { VpcConfig }), {})).toMatchObject({
    network: { isolation: false, vpc: { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1', 'sg-2'] } },
    encryption: { volumeKmsKeyArn: first, captureKmsKeyArn: second },
  });
  const off = { ...DataCaptureConfig, EnableCapture: false };
  expect(liveSettings(live({ DataCaptureConfig: off }), {}).dataCapture).toBeUndefined();
  expect(liveSettings({ ...live(), models: [] }, {})).toEqual({
    hosting: { type: 'realtime', instanceType: 'ml.m5.large', instanceCount: 2 },
  });
});
