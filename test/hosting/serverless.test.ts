/** Serverless variants: what they refuse, how they start, how many requests they answer at once, and what scales them. */

import {
  DescribeScalingActivitiesCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateModelCommand,
  type ProductionVariantServerlessConfig,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import { Account, failure, IMAGE, ROLE, SECOND } from './account.ts';

const COLD = 5 * SECOND;
const TARGET = {
  ServiceNamespace: 'sagemaker',
  ResourceId: 'endpoint/iris/variant/primary',
  ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency',
} as const;

const config = (more: Partial<ProductionVariantServerlessConfig> = {}) => ({
  InstanceType: undefined,
  InitialInstanceCount: undefined,
  ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2, ...more },
});

/** A cold start takes its time of the account's clock. */
async function serving(
  more: Partial<ProductionVariantServerlessConfig> = {},
  options: HostingOptions = {},
  answer?: () => Promise<void>,
): Promise<Account> {
  let account: Account;
  const sleep = async (milliseconds: number) => account.pass(milliseconds / SECOND);
  account = new Account(
    { serverless: { coldStartMs: COLD, sleep }, ...options },
    answer && {
      answer: async () => {
        await answer();
        return { status: 200, body: '{}' };
      },
    },
  );
  await account.config('iris-1', config(more));
  await account.endpoint('iris', 'iris-1');
  account.pass(300);
  return account;
}

const statistic = async (account: Account, MetricName: string, Stat = 'Maximum') => {
  const minute = Math.floor(account.now / 60_000) * 60_000;
  account.pass(70);
  const Dimensions = [
    { Name: 'EndpointName', Value: 'iris' },
    { Name: 'VariantName', Value: 'primary' },
  ];
  const Metric = { Namespace: 'AWS/SageMaker', MetricName, Dimensions };
  const { MetricDataResults } = await account.cloudwatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: 60, Stat } }],
      StartTime: new Date(minute),
      EndTime: new Date(minute + 60_000),
    }),
  );
  account.pass(-70);
  return MetricDataResults?.[0]?.Values;
};

test('the first request is cold, the next is not, and one after a long pause is again', async () => {
  const account = await serving();
  const took = async () => {
    const from = account.now;
    await account.invoke('iris');
    return account.now - from;
  };
  expect([await took(), await took()]).toEqual([COLD, 0]);
  account.pass(299);
  expect(await took()).toBe(0);
  account.pass(300);
  expect(await took()).toBe(COLD);
  expect(await statistic(account, 'OverheadLatency')).toEqual([1000 * COLD]);
  expect(await statistic(account, 'ModelSetupTime')).toEqual([1000 * COLD]);
  expect(await statistic(account, 'ModelLatency')).toEqual([0]);
});

test('what is provisioned is warm', async () => {
  const account = await serving({ ProvisionedConcurrency: 1 });
  const from = account.now;
  await account.invoke('iris');
  expect(account.now).toBe(from);
  expect(await statistic(account, 'ModelSetupTime')).toEqual([]);
  expect(await statistic(account, 'ServerlessProvisionedConcurrencyUtilization')).toEqual([1]);
});

test('it has no instances, and no metrics of them', async () => {
  const account = await serving();
  const [variant] = (await account.describe('iris')).ProductionVariants ?? [];
  expect(variant).toMatchObject({ CurrentServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 2 } });
  expect(variant).not.toHaveProperty('CurrentInstanceCount');
  const instances = new Account();
  await instances.serving('iris', 'iris-1');
  await instances.invoke('iris');
  expect(await statistic(instances, 'ModelSetupTime')).toEqual([]);
});

test('a request beyond its concurrency is throttled with 429, and taken again when one has ended', async () => {
  const waiting: (() => void)[] = [];
  const account = await serving({}, {}, () => new Promise((resolve) => waiting.push(resolve)));
  const running = [account.invoke('iris'), account.invoke('iris')];
  while (waiting.length < 2) await Promise.resolve();
  const refused: unknown = await account.invoke('iris').catch((error) => error);
  expect(refused).toMatchObject({ name: 'ThrottlingException', $metadata: { httpStatusCode: 429 } });
  for (const answer of waiting.splice(0)) answer();
  await Promise.all(running);
  const again = account.invoke('iris');
  while (waiting.length < 1) await Promise.resolve();
  waiting[0]?.();
  await again;
  expect(await statistic(account, 'ServerlessConcurrentExecutionsUtilization')).toEqual([1]);
});

test("the account's concurrency is refused by its quota, while both fleets of an update count", async () => {
  const account = await serving({ MaxConcurrency: 6 }, { quotas: { serverlessConcurrency: 10 } });
  await account.config('iris-2', config({ MaxConcurrency: 5 }));
  const [code, text] = await failure(account.update('iris', 'iris-2'));
  expect(code).toBe('ResourceLimitExceeded');
  expect(text).toMatch(/serverless endpoints' is 10 .*utilization of 6 .*request delta of 5 /);
  expect((await failure(account.endpoint('other', 'iris-2')))[0]).toBe('ResourceLimitExceeded');
  const change = (MaxConcurrency: number) =>
    account.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'iris',
        DesiredWeightsAndCapacities: [{ VariantName: 'primary', ServerlessUpdateConfig: { MaxConcurrency } }],
      }),
    );
  expect((await failure(change(11)))[0]).toBe('ResourceLimitExceeded');
  await change(10);
});

test('an update takes the concurrency of its configuration, whatever is to be retained, and no guardrails', async () => {
  const account = await serving({ ProvisionedConcurrency: 2 });
  await account.config('iris-2', config({ MaxConcurrency: 5, ProvisionedConcurrency: 1 }));
  const TrafficRoutingConfiguration = { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 } as const;
  const DeploymentConfig = { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration, TerminationWaitInSeconds: 60 } };
  expect((await failure(account.update('iris', 'iris-2', { DeploymentConfig })))[1]).toMatch(/serverless/);
  await account.update('iris', 'iris-2', { RetainAllVariantProperties: true });
  account.pass(300);
  expect((await account.describe('iris')).ProductionVariants).toMatchObject([
    { DesiredServerlessConfig: { MaxConcurrency: 5, ProvisionedConcurrency: 1 } },
  ]);
});

test('instances do not become serverless; serverless becomes instances', async () => {
  const account = await serving();
  await account.config('iris-2');
  await account.update('iris', 'iris-2');
  account.pass(300);
  expect((await failure(account.update('iris', 'iris-1')))[1]).toMatch(/instance-based endpoint to a serverless/);
});

test('provisioned concurrency is scaled into its limits, and cannot go while it is', async () => {
  const account = await serving({ MaxConcurrency: 5, ProvisionedConcurrency: 1 });
  await account.scaling.send(new RegisterScalableTargetCommand({ ...TARGET, MinCapacity: 2, MaxCapacity: 4 }));
  const provisioned = async () =>
    (await account.describe('iris')).ProductionVariants?.[0]?.DesiredServerlessConfig?.ProvisionedConcurrency;
  expect(await provisioned()).toBe(2);
  account.pass(300);
  const { ScalingActivities } = await account.scaling.send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: 'sagemaker' }),
  );
  expect(ScalingActivities?.[0]?.Description).toBe('Setting desired provisioned concurrency to 2.');
  account.hosting.autoScale('iris', 'primary', 9);
  expect(await provisioned()).toBe(4);
  account.pass(300);
  const policy = (PredefinedMetricType: 'SageMakerVariantProvisionedConcurrencyUtilization') => ({
    ...{ ...TARGET, PolicyName: 'track', PolicyType: 'TargetTrackingScaling' as const },
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: 0.7,
      PredefinedMetricSpecification: { PredefinedMetricType },
    },
  });
  const metric = 'SageMakerVariantProvisionedConcurrencyUtilization';
  await account.scaling.send(new PutScalingPolicyCommand(policy(metric)));
  await account.config('iris-2', config({ MaxConcurrency: 5 }));
  expect((await failure(account.update('iris', 'iris-2')))[1]).toMatch(/deregistered/);
  await account.config('iris-3', config({ MaxConcurrency: 5, ProvisionedConcurrency: 4 }));
  await account.update('iris', 'iris-3');
});

test('without provisioned concurrency there is nothing to scale', async () => {
  const account = await serving();
  const register = account.scaling.send(
    new RegisterScalableTargetCommand({ ...TARGET, MinCapacity: 1, MaxCapacity: 2 }),
  );
  expect((await failure(register))[1]).toMatch(/no provisioned concurrency/);
});

test('a model in a VPC is not hosted without a server of its own', async () => {
  const account = new Account();
  const VpcConfig = { SecurityGroupIds: ['sg-0123abcd'], Subnets: ['subnet-0123abcd'] };
  const PrimaryContainer = { Image: IMAGE };
  await account.sagemaker.send(
    new CreateModelCommand({ ModelName: 'private', ExecutionRoleArn: ROLE, PrimaryContainer, VpcConfig }),
  );
  expect((await failure(account.config('iris-1', { ...config(), ModelName: 'private' })))[1]).toMatch(/VPC/);
});
