// aws:destroy, on the simulated account: it refuses while anything lives, and retires in the right order.
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import { type DestroyOptions, destroyStack } from '../../infra/destroy-stack.ts';
import { retained } from '../../infra/retained.ts';
import { ownershipTags } from '../../lambdas/core/naming/ownership-tags.ts';
import { Hosting } from '../../local/hosting/hosting.ts';

const MINUTE = 60_000;
const outputs = {
  BucketName: 'bucket-1',
  RepositoryUri: '111122223333.dkr.ecr.us-east-1.amazonaws.com/serving-1',
  ExecutionRoleArn: 'arn:aws:iam::111122223333:role/execution-1',
  LedgerTableName: 'ledger-1',
  StateMachineArn: 'arn:aws:states:us-east-1:111122223333:stateMachine:Deployer-Rollout',
};

function account() {
  let now = Date.UTC(2026, 0, 1);
  const hosting = new Hosting({ now: () => now, provisioning: () => 5 * MINUTE });
  const client = { ...hosting.client(), maxAttempts: 1 };
  const sageMaker = new SageMakerClient(client);
  const autoScaling = new ApplicationAutoScalingClient(client);
  const cloudWatch = new CloudWatchClient(client);
  const told: string[] = [];
  let destroyed = 0;
  return {
    hosting,
    sageMaker,
    autoScaling,
    cloudWatch,
    told,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    get destroyed() {
      return destroyed;
    },
    async make(name: string, stackName: string, endpointConfig = `${name}-c-1`) {
      const Tags = Object.entries(ownershipTags(stackName, 'one')).map(([Key, Value]) => ({ Key, Value }));
      if (endpointConfig === `${name}-c-1`) {
        await sageMaker.send(
          new CreateModelCommand({
            ModelName: `${name}-m-1`,
            ExecutionRoleArn: outputs.ExecutionRoleArn,
            PrimaryContainer: {
              Image: `${outputs.RepositoryUri}:one`,
              ModelDataUrl: 's3://bucket-1/artifacts/iris/0/model.tar.gz',
            },
            Tags,
          }),
        );
        await sageMaker.send(
          new CreateEndpointConfigCommand({
            EndpointConfigName: endpointConfig,
            ProductionVariants: [
              {
                VariantName: 'primary',
                ModelName: `${name}-m-1`,
                InstanceType: 'ml.m5.large',
                InitialInstanceCount: 1,
              },
            ],
            Tags,
          }),
        );
      }
      await sageMaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: endpointConfig, Tags }));
    },
    async left() {
      const { Endpoints = [] } = await sageMaker.send(new ListEndpointsCommand({}));
      const { EndpointConfigs = [] } = await sageMaker.send(new ListEndpointConfigsCommand({}));
      const { Models = [] } = await sageMaker.send(new ListModelsCommand({}));
      const { ScalableTargets = [] } = await autoScaling.send(
        new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }),
      );
      return [
        ...Endpoints.map(({ EndpointName }) => EndpointName),
        ...EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName),
        ...Models.map(({ ModelName }) => ModelName),
        ...ScalableTargets.map(({ ResourceId }) => ResourceId),
      ].sort();
    },
    destroy: (options: Partial<DestroyOptions> = {}) =>
      destroyStack({
        sageMaker,
        autoScaling,
        cloudWatch,
        stackName: 'Deployer',
        outputs,
        running: async () => [],
        retire: false,
        tell: (line) => told.push(line),
        now: () => now,
        sleep: async (milliseconds) => {
          now += milliseconds;
        },
        destroy: async () => {
          destroyed += 1;
        },
        ...options,
      }),
  };
}

it('deletes a stack without endpoints, and says what is kept and how to remove it', async () => {
  const aws = account();
  await aws.make('theirs', 'AnotherStack');
  await aws.destroy();
  expect(aws.destroyed).toBe(1);
  expect(aws.told.slice(-retained(outputs).length)).toEqual(retained(outputs));
  const text = retained(outputs).join('\n');
  for (const name of ['bucket-1', 'serving-1', 'execution-1', 'ledger-1']) expect(text).toContain(name);
});

it('names every repository that is kept, the one that images are published to first', () => {
  const FormerRepositoryUris = ['serving-2', 'serving-3'].map((name) => `registry.example/${name}`).join(',');
  const deletions = retained({ ...outputs, FormerRepositoryUris })
    .join('\n')
    .match(/--repository-name \S+/g);
  expect(deletions).toEqual(['serving-1', 'serving-2', 'serving-3'].map((name) => `--repository-name ${name}`));
});

it('refuses while an endpoint of the stack exists, naming it', async () => {
  const aws = account();
  await aws.make('iris', 'Deployer');
  await expect(aws.destroy()).rejects.toThrow(/1 endpoints of Deployer exist.*--retire-endpoints/);
  expect(aws.told).toEqual(['endpoint iris: Creating']);
  expect(aws.destroyed).toBe(0);
  expect(await aws.left()).toEqual(['iris', 'iris-c-1', 'iris-m-1']);
});

it('refuses while a rollout runs, even when told to retire', async () => {
  const aws = account();
  await expect(aws.destroy({ retire: true, running: async () => ['one'] })).rejects.toThrow(/running: one/);
  expect(aws.destroyed).toBe(0);
});

it('retires what is the stack’s, in order, and nothing else', async () => {
  const aws = account();
  await aws.make('iris', 'Deployer');
  await aws.make('theirs', 'AnotherStack');
  aws.pass(10 * MINUTE);
  for (const name of ['iris', 'theirs']) {
    await aws.autoScaling.send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'sagemaker',
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
        ResourceId: `endpoint/${name}/variant/primary`,
        MinCapacity: 1,
        MaxCapacity: 2,
      }),
    );
    await aws.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: `sagemaker-deployer-step-endpoint/${name}/variant/primary/rush`,
        ...{ Namespace: 'AWS/SageMaker', MetricName: 'Invocations', Statistic: 'Sum', Period: 60 },
        ...{ EvaluationPeriods: 1, Threshold: 9, ComparisonOperator: 'GreaterThanThreshold' },
      }),
    );
  }
  aws.hosting.calls.length = 0;
  await aws.destroy({ retire: true });
  expect(aws.destroyed).toBe(1);
  const { MetricAlarms = [] } = await aws.cloudWatch.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms.map(({ AlarmName }) => AlarmName)).toEqual([
    'sagemaker-deployer-step-endpoint/theirs/variant/primary/rush',
  ]);
  expect(await aws.left()).toEqual(['endpoint/theirs/variant/primary', 'theirs', 'theirs-c-1', 'theirs-m-1']);
  expect(
    aws.hosting.calls.map(({ operation }) => operation).filter((name) => /^(Delete|Deregister)/.test(name)),
  ).toEqual(['DeleteAlarms', 'DeregisterScalableTarget', 'DeleteEndpoint', 'DeleteEndpointConfig', 'DeleteModel']);
});

it('waits for an endpoint that is being created', async () => {
  const aws = account();
  await aws.make('iris', 'Deployer');
  await aws.destroy({ retire: true });
  expect(await aws.left()).toEqual([]);
  expect(aws.told.filter((line) => line.startsWith('iris:'))).toEqual([
    'iris: Creating',
    'iris: InService',
    'iris: Deleting',
    'iris: gone',
  ]);
});

it('keeps a configuration and model that somebody else’s endpoint serves with', async () => {
  const aws = account();
  await aws.make('iris', 'Deployer');
  await aws.make('theirs', 'AnotherStack', 'iris-c-1');
  await aws.destroy({ retire: true });
  expect(await aws.left()).toEqual(['iris-c-1', 'iris-m-1', 'theirs']);
  expect(aws.told.filter((line) => line.startsWith('kept'))).toHaveLength(2);
});

it('gives up on an endpoint that does not settle, and does not delete the stack', async () => {
  const aws = account();
  await aws.make('iris', 'Deployer');
  let polls = 0;
  const impatient = { now: () => polls++ * 61 * MINUTE, sleep: async () => {} };
  await expect(aws.destroy({ retire: true, ...impatient })).rejects.toThrow(/iris is still Creating after an hour/);
  expect(aws.destroyed).toBe(0);
});
