/** What AWS refuses and with which words, through real SDK clients. */

import {
  AddTagsCommand,
  CreateEndpointConfigCommand,
  type CreateEndpointConfigInput,
  CreateModelCommand,
  type CreateModelInput,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DeleteTagsCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTagsCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { AwsError, LostAnswer, throttlingException } from '../../local/hosting/aws-error.ts';
import { Account, failure, IMAGE, ROLE } from './account.ts';

const ARN = 'arn:aws:sagemaker:us-east-1:000000000000';
const validation = (message: string) => ['ValidationException', message];

describe('models', () => {
  const PrimaryContainer = { Image: IMAGE, ModelDataUrl: 's3://bucket/model.tar.gz' };
  const refused: [string, Partial<CreateModelInput>, string | RegExp][] = [
    [
      'an image that is not in ECR',
      { PrimaryContainer: { Image: 'python:3' } },
      'Using non-ECR image "python:3" without Vpc repository access mode is not supported.',
    ],
    ['no image', { PrimaryContainer: {} }, /Image/],
    [
      'a model elsewhere',
      { PrimaryContainer: { Image: IMAGE, ModelDataUrl: 'https://host/model.tar.gz' } },
      /Invalid S3 URI/,
    ],
    [
      'a model that is no archive',
      { PrimaryContainer: { Image: IMAGE, ModelDataUrl: 's3://bucket/model.pkl' } },
      /\.tar\.gz/,
    ],
    [
      'a model that is not there',
      { PrimaryContainer: { Image: IMAGE, ModelDataUrl: 's3://bucket/none.tar.gz' } },
      /^Could not access model data at s3:\/\/bucket\/none.tar.gz/,
    ],
    [
      'a role that is none',
      { ExecutionRoleArn: 'arn:aws:iam::1:role/short' },
      /at 'executionRoleArn' failed to satisfy constraint/,
    ],
    ['no role', { ExecutionRoleArn: undefined }, /ExecutionRoleArn/],
    ['one container and several', { Containers: [PrimaryContainer] }, /Exactly one/],
    [
      'an environment above 32 KB',
      {
        PrimaryContainer: {
          Image: IMAGE,
          Environment: Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`A${i}`, 'x'.repeat(1024)])),
        },
      },
      /32 KB/,
    ],
    ['a reserved tag', { Tags: [{ Key: 'aws:name', Value: 'x' }] }, /aws:/],
  ];
  test.each(refused)('%s is refused', async (_what, change, message) => {
    const account = new Account({ modelDataExists: async (url) => !url.includes('none') });
    const input = { ModelName: 'iris', ExecutionRoleArn: ROLE, PrimaryContainer, ...change };
    const [code, text] = await failure(account.sagemaker.send(new CreateModelCommand(input)));
    expect(code).toBe('ValidationException');
    expect(text).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    expect(account.hosting.snapshot().models).toEqual({});
  });

  test.each([
    ['pipelines', { PrimaryContainer: undefined, Containers: [PrimaryContainer, PrimaryContainer] }],
    ['multi-model', { PrimaryContainer: { ...PrimaryContainer, Mode: 'MultiModel' } }],
    ['packages', { PrimaryContainer: { ModelPackageName: 'iris' } }],
  ] as [string, Partial<CreateModelInput>][])(
    'what the simulator cannot run is kept, and not run: %s',
    async (what, change) => {
      const account = new Account();
      const input = { ModelName: 'iris', ExecutionRoleArn: ROLE, PrimaryContainer, ...change };
      await account.sagemaker.send(new CreateModelCommand(input));
      const variant = {
        VariantName: 'only',
        ModelName: 'iris',
        InstanceType: 'ml.m5.large',
        InitialInstanceCount: 1,
      } as const;
      await account.sagemaker.send(
        new CreateEndpointConfigCommand({ EndpointConfigName: 'iris', ProductionVariants: [variant] }),
      );
      const refusal = await failure(account.endpoint('iris', 'iris'));
      expect(refusal).toEqual(['UnsupportedOperation', expect.stringContaining(what)]);
    },
  );

  test('are found, kept unchanged and listed until they are deleted', async () => {
    const account = new Account();
    for (const name of ['iris-1', 'iris-2', 'wine-1']) {
      await account.model(name);
      account.pass(1);
    }
    const described = await account.sagemaker.send(new DescribeModelCommand({ ModelName: 'iris-1' }));
    expect(described).toMatchObject({ ModelArn: `${ARN}:model/iris-1`, ExecutionRoleArn: ROLE });
    const list = async (input: object) =>
      (await account.sagemaker.send(new ListModelsCommand(input))).Models?.map((model) => model.ModelName);
    expect(await list({})).toEqual(['wine-1', 'iris-2', 'iris-1']);
    expect(await list({ NameContains: 'iris', SortBy: 'Name', SortOrder: 'Ascending' })).toEqual(['iris-1', 'iris-2']);
    const first = await account.sagemaker.send(new ListModelsCommand({ MaxResults: 2 }));
    expect(await list({ MaxResults: 2, NextToken: first.NextToken })).toEqual(['iris-1']);
    expect(await failure(account.model('iris-1'))).toEqual(
      validation(`Cannot create already existing model "${ARN}:model/iris-1".`),
    );
    await account.sagemaker.send(new DeleteModelCommand({ ModelName: 'iris-1' }));
    const again = account.sagemaker.send(new DeleteModelCommand({ ModelName: 'iris-1' }));
    expect(await failure(again)).toEqual(validation(`Could not find model "${ARN}:model/iris-1".`));
  });
});

describe('endpoint configs', () => {
  const serverless = (MemorySizeInMB: number, ProvisionedConcurrency?: number) => ({
    ServerlessConfig: { MemorySizeInMB, MaxConcurrency: 5, ProvisionedConcurrency },
    InstanceType: undefined,
    InitialInstanceCount: undefined,
  });
  test.each([
    ['a model that does not exist', { ModelName: 'none' }, {}, /^Could not find model ".*:model\/none"\.$/],
    ['no instance type', { InstanceType: undefined }, {}, /InstanceType/],
    ['serverless with 1500 MB', serverless(1500), {}, /multiple of 1024/],
    ['more provisioned than possible', serverless(1024, 6), {}, /ProvisionedConcurrency/],
    ['serverless with instances', { ...serverless(1024), InstanceType: 'ml.m5.large' }, {}, /instances/],
    [
      'serverless with data capture',
      serverless(1024),
      {
        DataCaptureConfig: {
          EnableCapture: true,
          InitialSamplingPercentage: 1,
          DestinationS3Uri: 's3://b',
          CaptureOptions: [{ CaptureMode: 'Input' }],
        },
      },
      /data capture/,
    ],
    ['two shadows', {}, { ShadowProductionVariants: [{ VariantName: 'a' }, { VariantName: 'b' }] }, /shadow/],
  ] as [string, object, Partial<CreateEndpointConfigInput>, RegExp][])(
    '%s is refused',
    async (_what, variant, more, text) => {
      const account = new Account();
      const [code, message] = await failure(account.config('iris-1', variant, more));
      expect([code, message]).toEqual(['ValidationException', expect.stringMatching(text)]);
    },
  );

  test('serverless with a model under network isolation is refused', async () => {
    const account = new Account();
    const PrimaryContainer = { Image: IMAGE, ModelDataUrl: 's3://bucket/apart/model.tar.gz' };
    const model = { ModelName: 'apart', ExecutionRoleArn: ROLE, PrimaryContainer, EnableNetworkIsolation: true };
    await account.sagemaker.send(new CreateModelCommand(model));
    const [code, message] = await failure(account.config('iris-1', { ...serverless(1024), ModelName: 'apart' }));
    expect([code, message]).toEqual(['ValidationException', expect.stringMatching(/network isolation/)]);
  });

  test('two variants of one name are refused, two of different names share the traffic by weight', async () => {
    const account = new Account();
    await account.model('a');
    await account.model('b');
    const create = (EndpointConfigName: string, names: [string, string]) => {
      const ProductionVariants = ['a', 'b'].map((ModelName, index) => ({
        ...{ ModelName, VariantName: names[index]!, InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 },
        InitialVariantWeight: index === 0 ? 3 : 1,
      }));
      return account.sagemaker.send(new CreateEndpointConfigCommand({ EndpointConfigName, ProductionVariants }));
    };
    expect((await failure(create('same', ['x', 'x'])))[1]).toMatch(/unique/);
    await create('two', ['x', 'y']);
    await account.endpoint('iris', 'two');
    account.pass(300);
    const counts: Record<string, number> = { a: 0, b: 0 };
    for (let i = 0; i < 400; i += 1) counts[(await account.invoke('iris')).model]! += 1;
    expect(counts.a! / 400).toBeGreaterThan(0.68);
    expect(counts.a! / 400).toBeLessThan(0.82);
    expect(await account.invoke('iris', 'y')).toEqual({ model: 'b' });
    expect(await failure(account.invoke('iris', 'z'))).toEqual(['ValidationError', 'Variant z not found for Request']);
    expect(account.hosting.metrics('iris').map((each) => each.variantName)).toEqual(expect.arrayContaining(['x', 'y']));
  });

  test('one in use may be deleted; the journal knows it, and the endpoint can no longer be updated or scaled', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    await account.sagemaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'iris-1' }));
    expect(account.hosting.journal).toContainEqual({
      ...{ kind: 'deletedWhileInUse', at: account.now },
      ...{ arn: `${ARN}:endpoint-config/iris-1`, endpoint: 'iris' },
    });
    const gone = validation(`Could not find endpoint configuration "${ARN}:endpoint-config/iris-1".`);
    expect(await failure(account.update('iris', 'iris-2'))).toEqual(gone);
    const describe = account.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'iris-1' }));
    expect(await failure(describe)).toEqual(gone);
    expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
  });

  test('its lookup is eventually consistent, where that is asked for', async () => {
    const account = new Account({ staleness: { configMs: 5_000 } });
    await account.config('iris-1');
    expect((await failure(account.endpoint('iris', 'iris-1')))[1]).toMatch(/^Could not find endpoint configuration/);
    account.pass(5);
    await account.endpoint('iris', 'iris-1');
  });
});

describe('endpoints', () => {
  test('are one whatever the case of the name, and ARNs are in lower case; InvokeEndpoint minds the case', async () => {
    const account = new Account();
    await account.serving('Iris', 'iris-1');
    const exists = validation(`Cannot create already existing endpoint "${ARN}:endpoint/iris".`);
    expect(await failure(account.endpoint('IRIS', 'iris-1'))).toEqual(exists);
    expect(await account.describe('iris')).toMatchObject({ EndpointName: 'Iris', EndpointArn: `${ARN}:endpoint/iris` });
    expect((await failure(account.invoke('iris')))[0]).toBe('ValidationError');
    expect(await account.invoke('Iris')).toEqual({ model: 'iris-1' });
  });

  test.each([
    [
      'a canary above half of the instances',
      { BlueGreenUpdatePolicy: traffic('CANARY', 'CanarySize', 51) },
      /CanarySize/,
    ],
    ['a linear step below 10 %', { BlueGreenUpdatePolicy: traffic('LINEAR', 'LinearStepSize', 5) }, /LinearStepSize/],
    ['a canary without a size', { BlueGreenUpdatePolicy: traffic('CANARY', 'LinearStepSize', 50) }, /CanarySize/],
    [
      'both policies',
      {
        BlueGreenUpdatePolicy: traffic('CANARY', 'CanarySize', 50),
        RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 0 },
      },
      /Only one/,
    ],
    [
      'waits beyond the allowed time',
      {
        RollingUpdatePolicy: {
          MaximumBatchSize: percent(50),
          WaitIntervalInSeconds: 600,
          MaximumExecutionTimeoutInSeconds: 600,
        },
      },
      /MaximumExecutionTimeoutInSeconds/,
    ],
  ] as const)('%s is refused', async (_what, DeploymentConfig, text) => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    const [code, message] = await failure(account.update('iris', 'iris-2', { DeploymentConfig }));
    expect([code, message]).toEqual(['ValidationException', expect.stringMatching(text)]);
    expect(await account.status('iris')).toBe('InService');
  });

  test('traffic shifting needs the same variant names, and two instances at least', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('renamed', { VariantName: 'other' });
    await account.config('single', { InitialInstanceCount: 1 });
    const DeploymentConfig = { BlueGreenUpdatePolicy: traffic('CANARY', 'CanarySize', 50) };
    expect((await failure(account.update('iris', 'renamed', { DeploymentConfig })))[1]).toMatch(/variant names/);
    expect((await failure(account.update('iris', 'single', { DeploymentConfig })))[1]).toMatch(/CanarySize/);
  });

  test('an update that takes longer than allowed is rolled back', async () => {
    const account = new Account({ provisioning: ({ change }) => (change === 'update' ? 601_000 : 0) });
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
    await account.config('iris-2');
    const policy = { ...traffic('CANARY', 'CanarySize', 50), MaximumExecutionTimeoutInSeconds: 600 };
    await account.update('iris', 'iris-2', { DeploymentConfig: { BlueGreenUpdatePolicy: policy } });
    account.pass(600);
    expect(await account.describe('iris')).toMatchObject({
      ...{ EndpointStatus: 'InService', EndpointConfigName: 'iris-1' },
      FailureReason: expect.stringMatching(/MaximumExecutionTimeoutInSeconds/),
    });
  });

  test('both fleets of an update count against the quota of their instance type', async () => {
    const account = new Account({ quotas: { instances: { 'ml.m5.large': 3 }, endpoints: 1 } });
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    const [code, message] = await failure(account.update('iris', 'iris-2'));
    expect(code).toBe('ResourceLimitExceeded');
    expect(message).toMatch(
      /^The account-level service limit 'ml.m5.large for endpoint usage' is 3 Instances, with current utilization of 2 Instances and a request delta of 2 Instances\./,
    );
    const RollingUpdatePolicy = { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 0 };
    await account.update('iris', 'iris-2', { DeploymentConfig: { RollingUpdatePolicy } });
    expect((await failure(account.endpoint('other', 'iris-1')))[0]).toBe('ResourceLimitExceeded');
  });

  test('Describe shows the past, where that is asked for', async () => {
    const account = new Account({ staleness: { describeMs: 10_000 } });
    await account.serving('iris', 'iris-1');
    expect(await account.status('iris')).toBe('Creating');
    account.pass(10);
    expect(await account.status('iris')).toBe('InService');
    await account.config('iris-2');
    await account.update('iris', 'iris-2');
    expect(await account.status('iris')).toBe('InService');
    account.pass(10);
    expect(await account.status('iris')).toBe('Updating');
  });

  test('a variant that does not exist is not scaled', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    const DesiredWeightsAndCapacities = [{ VariantName: 'none', DesiredInstanceCount: 1 }];
    const input = { EndpointName: 'iris', DesiredWeightsAndCapacities };
    const [code] = await failure(account.sagemaker.send(new UpdateEndpointWeightsAndCapacitiesCommand(input)));
    expect(code).toBe('ValidationException');
    expect(await account.status('iris')).toBe('InService');
  });

  test('are listed by status', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.endpoint('wine', 'iris-1');
    const list = await account.sagemaker.send(new ListEndpointsCommand({ StatusEquals: 'Creating' }));
    expect(list.Endpoints?.map((endpoint) => endpoint.EndpointName)).toEqual(['wine']);
  });
});

test('tags are added, listed and deleted, at most fifty, and gone with their resource', async () => {
  const account = new Account();
  await account.serving('iris', 'iris-1');
  const ResourceArn = `${ARN}:endpoint/iris`;
  const tags = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => ({ Key: `${prefix}${index}`, Value: 'x' }));
  await account.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: tags(50, 'a') }));
  expect((await failure(account.sagemaker.send(new AddTagsCommand({ ResourceArn, Tags: tags(1, 'b') }))))[1]).toMatch(
    /50/,
  );
  await account.sagemaker.send(new DeleteTagsCommand({ ResourceArn, TagKeys: tags(49, 'a').map((tag) => tag.Key) }));
  expect((await account.sagemaker.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([
    { Key: 'a49', Value: 'x' },
  ]);
  expect(account.hosting.tagsOf(ResourceArn)).toEqual({ a49: 'x' });
  await account.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
  account.pass(300);
  expect((await failure(account.sagemaker.send(new ListTagsCommand({ ResourceArn }))))[0]).toBe('ValidationException');
  expect(account.hosting.tagsOf(ResourceArn)).toBeUndefined();
});

describe('invocations', () => {
  test('bring what the container answers, and its errors as ModelError', async () => {
    const account = new Account(
      {},
      { answer: () => ({ status: 422, body: 'three features expected'.padEnd(3_000, '.') }) },
    );
    await account.serving('iris', 'iris-1');
    const error = await account.runtime
      .send(new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' }))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({
      ...{ name: 'ModelError', OriginalStatusCode: 422, $metadata: { httpStatusCode: 424 } },
      OriginalMessage: 'three features expected'.padEnd(2_048, '.'),
    });
    expect(account.hosting.metrics('iris')).toMatchObject([{ invocations: 1, errors4xx: 1, errors5xx: 0 }]);
  });

  test('a container that cannot be reached is ServiceUnavailable', async () => {
    const unreachable = () => Promise.reject(new Error('connection refused'));
    const account = new Account({}, { answer: unreachable });
    await account.serving('iris', 'iris-1');
    const error = await account.runtime
      .send(new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' }))
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
  });

  test('a body of 6,291,456 bytes passes, one byte more does not', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    const invoke = (bytes: number) =>
      account.runtime.send(new InvokeEndpointCommand({ EndpointName: 'iris', Body: new Uint8Array(bytes) }));
    await invoke(6_291_456);
    expect(await failure(invoke(6_291_457))).toEqual([
      'ValidationError',
      expect.stringMatching(
        /at 'body' failed to satisfy constraint: Member must have length less than or equal to 6291456/,
      ),
    ]);
  });
});

describe('faults', () => {
  test('throttling answers a call as often as planned', async () => {
    const account = new Account();
    account.hosting.faultPlan.throttle({ operation: 'CreateModel', times: 2 });
    expect(await failure(account.model('iris'))).toEqual(['ThrottlingException', 'Rate exceeded']);
    expect((await failure(account.model('iris')))[0]).toBe('ThrottlingException');
    await account.model('iris');
    expect(account.hosting.calls.map((call) => call.errorCode)).toEqual([
      'ThrottlingException',
      'ThrottlingException',
      undefined,
    ]);
  });

  test('an interceptor fails before the effect, or after it, or answers something else', async () => {
    const account = new Account();
    account.hosting.interceptor = async () => {
      throw throttlingException();
    };
    expect((await failure(account.model('before')))[0]).toBe('ThrottlingException');
    account.hosting.interceptor = async (_call, next) => {
      await next();
      throw new LostAnswer();
    };
    expect((await failure(account.model('after')))[0]).toBe('LostAnswer');
    account.hosting.interceptor = async (call, next) => {
      if (call.operation !== 'DescribeModel') return await next();
      throw new AwsError('AccessDeniedException', 'no');
    };
    const describe = account.sagemaker.send(new DescribeModelCommand({ ModelName: 'after' }));
    expect(await failure(describe)).toEqual(['AccessDeniedException', 'no']);
    account.hosting.interceptor = undefined;
    expect(Object.keys(account.hosting.snapshot().models)).toEqual(['after']);
  });
});

function percent(Value: number) {
  return { Type: 'CAPACITY_PERCENT' as const, Value };
}

function traffic(Type: 'CANARY' | 'LINEAR', size: 'CanarySize' | 'LinearStepSize', value: number) {
  return { TrafficRoutingConfiguration: { Type, WaitIntervalInSeconds: 0, [size]: percent(value) } };
}
