/** The life of an endpoint on virtual time, through real SDK clients: every status, and what serves meanwhile. */

import { DeleteEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import { Account, failure, SECOND } from './account.ts';

const ARN = 'arn:aws:sagemaker:us-east-1:000000000000';

describe('creation', () => {
  test('Creating with a pending deployment, then InService on the config', async () => {
    const account = new Account();
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
    account.pass(299);
    const creating = await account.describe('iris');
    expect(creating).toMatchObject({
      EndpointStatus: 'Creating',
      EndpointArn: `${ARN}:endpoint/iris`,
      PendingDeploymentSummary: {
        EndpointConfigName: 'iris-1',
        ProductionVariants: [{ VariantName: 'primary', CurrentInstanceCount: 0, DesiredInstanceCount: 2 }],
      },
    });
    expect(await failure(account.invoke('iris'))).toEqual([
      'ValidationError',
      'Endpoint iris of account 000000000000 not found.',
    ]);
    account.pass(1);
    const serving = await account.describe('iris');
    expect(serving).toMatchObject({
      EndpointStatus: 'InService',
      EndpointConfigName: 'iris-1',
      ProductionVariants: [
        { VariantName: 'primary', CurrentInstanceCount: 2, DesiredInstanceCount: 2, CurrentWeight: 1 },
      ],
    });
    expect(serving.PendingDeploymentSummary).toBeUndefined();
    expect(serving.LastModifiedTime).toEqual(new Date(account.now));
    expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
  });

  test('a leap in time finds the moment at which it became InService', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    const inService = new Date(account.now);
    account.pass(3_600);
    expect((await account.describe('iris')).LastModifiedTime).toEqual(inService);
  });

  test.each([
    ['noCapacity', 300, /^Unable to provision requested ML compute capacity/],
    ['unhealthy', 300 + 480, /production variant primary did not pass the ping health check/],
  ] as const)('%s ends Failed after %d s, and only a delete is possible then', async (kind, seconds, reason) => {
    const account = new Account();
    account.hosting.faultPlan.plan({ kind, endpointName: 'iris' });
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
    account.pass(seconds - 1);
    expect(await account.status('iris')).toBe('Creating');
    account.pass(1);
    const failed = await account.describe('iris');
    expect(failed.EndpointStatus).toBe('Failed');
    expect(failed.FailureReason).toMatch(reason);
    expect(account.fleet.alive.size).toBe(0);
    expect((await failure(account.update('iris', 'iris-1')))[0]).toBe('ValidationException');
    await account.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
    account.pass(300);
    expect(await failure(account.describe('iris'))).toEqual([
      'ValidationException',
      `Could not find endpoint "${ARN}:endpoint/iris".`,
    ]);
  });

  test('a container that is healthy only later holds the endpoint in Creating', async () => {
    const account = new Account({}, { startup: () => 400 * SECOND });
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
    account.pass(399);
    expect(await account.status('iris')).toBe('Creating');
    account.pass(1);
    expect(await account.status('iris')).toBe('InService');
  });

  test('stuck in Creating it can be neither updated nor deleted', async () => {
    const account = new Account();
    account.hosting.faultPlan.plan({ kind: 'stuck' });
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
    account.pass(86_400);
    const inProgress = ['ValidationException', `Cannot update in-progress endpoint "${ARN}:endpoint/iris".`];
    expect(await failure(account.update('iris', 'iris-1'))).toEqual(inProgress);
    expect(await failure(account.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' })))).toEqual(
      inProgress,
    );
  });
});

describe('update', () => {
  test('the old fleet answers until the new one is healthy; then only the new one lives', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    await account.update('iris', 'iris-2');
    account.pass(299);
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: 'iris-1',
      PendingDeploymentSummary: {
        EndpointConfigName: 'iris-2',
        ProductionVariants: [{ VariantStatus: [{ Status: 'Creating' }] }],
      },
    });
    expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
    account.pass(1);
    const updated = await account.describe('iris');
    expect(updated).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'iris-2' });
    expect(updated.PendingDeploymentSummary).toBeUndefined();
    expect(await account.invoke('iris')).toEqual({ model: 'iris-2' });
    expect([...account.fleet.alive].map((spec) => spec.configName)).toEqual(['iris-2']);
  });

  test.each([
    ['with a reason', 'an alarm went off'],
    ['without any', undefined],
  ])('a silent rollback %s is InService on the old config', async (_title, reason) => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    account.hosting.faultPlan.plan({ kind: 'rolledBack', reason });
    await account.update('iris', 'iris-2');
    account.pass(300);
    expect(await account.status('iris')).toBe('Updating');
    account.pass(300);
    const back = await account.describe('iris');
    expect(back).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'iris-1' });
    expect(back.FailureReason).toBe(reason);
    expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
    await account.update('iris', 'iris-2');
    expect((await account.describe('iris')).FailureReason).toBeUndefined();
  });

  test('canary, linear and rolling move the traffic in their steps, and all of it in the end', async () => {
    const size = { Type: 'CAPACITY_PERCENT', Value: 50 } as const;
    const routing = { WaitIntervalInSeconds: 100 };
    const policies = [
      {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { ...routing, Type: 'CANARY' as const, CanarySize: size },
        },
      },
      {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { ...routing, Type: 'LINEAR' as const, LinearStepSize: size },
        },
      },
      { RollingUpdatePolicy: { MaximumBatchSize: size, WaitIntervalInSeconds: 100 } },
    ];
    for (const DeploymentConfig of policies) {
      const account = new Account();
      await account.serving('iris', 'iris-1');
      await account.config('iris-2');
      await account.update('iris', 'iris-2', { DeploymentConfig });
      account.pass(300);
      const half = await account.describe('iris');
      expect(half.PendingDeploymentSummary?.ProductionVariants?.[0]?.VariantStatus?.[0]?.Status).toBe('Baking');
      const answers = new Set<string>();
      for (let i = 0; i < 50; i += 1) answers.add((await account.invoke('iris')).model);
      expect(answers).toEqual(new Set(['iris-1', 'iris-2']));
      account.pass(1_000);
      expect(await account.describe('iris')).toMatchObject({
        EndpointStatus: 'InService',
        EndpointConfigName: 'iris-2',
      });
      expect((await account.describe('iris')).LastDeploymentConfig).toEqual(DeploymentConfig);
    }
  });

  test('an alarm during the bake rolls back', async () => {
    let state = 'OK';
    const account = new Account({ alarmState: () => state });
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    const TrafficRoutingConfiguration = {
      Type: 'CANARY' as const,
      WaitIntervalInSeconds: 600,
      CanarySize: { Type: 'INSTANCE_COUNT' as const, Value: 1 },
    };
    const AutoRollbackConfiguration = { Alarms: [{ AlarmName: 'errors' }] };
    const DeploymentConfig = { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration }, AutoRollbackConfiguration };
    await account.update('iris', 'iris-2', { DeploymentConfig });
    account.pass(400);
    expect(await account.status('iris')).toBe('Updating');
    state = 'ALARM';
    account.pass(1);
    expect(await account.status('iris')).toBe('Updating');
    account.pass(300);
    const back = await account.describe('iris');
    expect(back).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'iris-1' });
    expect(back.FailureReason).toMatch(/ALARM state: errors/);
  });

  test('a rolling update grows the new fleet by batches while the old one shrinks; rolled back, all instances are there again', async () => {
    const account = new Account();
    await account.config('iris-1', { InitialInstanceCount: 4 });
    await account.endpoint('iris', 'iris-1');
    account.pass(300);
    await account.config('iris-2', { InitialInstanceCount: 4 });
    const MaximumBatchSize = { Type: 'INSTANCE_COUNT' as const, Value: 1 };
    const DeploymentConfig = { RollingUpdatePolicy: { MaximumBatchSize, WaitIntervalInSeconds: 60 } };
    account.hosting.faultPlan.plan({ kind: 'rolledBack' });
    await account.update('iris', 'iris-2', { DeploymentConfig });
    for (const batch of [1, 2, 3, 4]) {
      account.pass(batch === 1 ? 300 : 360);
      const rolling = await account.describe('iris');
      expect(rolling.ProductionVariants?.[0]?.CurrentInstanceCount).toBe(4 - batch);
      expect(rolling.PendingDeploymentSummary?.ProductionVariants?.[0]?.CurrentInstanceCount).toBe(batch);
    }
    account.pass(360);
    expect(await account.describe('iris')).toMatchObject({
      ...{ EndpointStatus: 'InService', EndpointConfigName: 'iris-1' },
      ProductionVariants: [{ CurrentInstanceCount: 4, DesiredInstanceCount: 4 }],
    });
  });

  test('a rolling update whose rollback fails too serves a mix of both, until the next update', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await account.config('iris-2');
    account.hosting.faultPlan.plan({ kind: 'rollbackFails', reason: 'no capacity' });
    const RollingUpdatePolicy = {
      MaximumBatchSize: { Type: 'INSTANCE_COUNT' as const, Value: 1 },
      WaitIntervalInSeconds: 0,
    };
    await account.update('iris', 'iris-2', { DeploymentConfig: { RollingUpdatePolicy } });
    account.pass(300);
    expect(await account.status('iris')).toBe('UpdateRollbackFailed');
    const answers = new Set<string>();
    for (let i = 0; i < 50; i += 1) answers.add((await account.invoke('iris')).model);
    expect(answers.size).toBe(2);
    await account.update('iris', 'iris-2');
    account.pass(300);
    expect(await account.describe('iris')).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: 'iris-2' });
    expect([...account.fleet.alive].map((spec) => spec.configName)).toEqual(['iris-2']);
  });

  test('RetainAllVariantProperties keeps count, weight and data capture; excluded properties come from the config', async () => {
    const account = new Account();
    const capture = (DestinationS3Uri: string) => ({
      DataCaptureConfig: {
        ...{ EnableCapture: true, InitialSamplingPercentage: 10, DestinationS3Uri },
        CaptureOptions: [{ CaptureMode: 'Input' as const }],
      },
    });
    await account.config('iris-1', {}, capture('s3://bucket/one'));
    await account.endpoint('iris', 'iris-1');
    account.pass(300);
    const DesiredWeightsAndCapacities = [{ VariantName: 'primary', DesiredInstanceCount: 5, DesiredWeight: 3 }];
    await account.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'iris', DesiredWeightsAndCapacities }),
    );
    account.pass(300);
    await account.config('iris-2', {}, capture('s3://bucket/two'));
    await account.update('iris', 'iris-2', {
      RetainAllVariantProperties: true,
      ExcludeRetainedVariantProperties: [{ VariantPropertyType: 'DataCaptureConfig' }],
    });
    account.pass(300);
    expect(await account.describe('iris')).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 5, CurrentWeight: 3 }],
      DataCaptureConfig: { DestinationS3Uri: 's3://bucket/two', CaptureStatus: 'Started' },
    });
    await account.update('iris', 'iris-1');
    account.pass(300);
    expect(await account.describe('iris')).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 2, CurrentWeight: 1 }],
      DataCaptureConfig: { DestinationS3Uri: 's3://bucket/one' },
    });
  });
});

describe('weights and capacities', () => {
  const scale = (account: Account, DesiredInstanceCount: number) =>
    account.sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: 'iris',
        DesiredWeightsAndCapacities: [{ VariantName: 'primary', DesiredInstanceCount }],
      }),
    );

  test('are Updating on the same config, with the desired count at once and the current one at the end', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    await scale(account, 4);
    const updating = await account.describe('iris');
    expect(updating).toMatchObject({
      EndpointStatus: 'Updating',
      ProductionVariants: [{ CurrentInstanceCount: 2, DesiredInstanceCount: 4 }],
    });
    expect(updating.PendingDeploymentSummary).toBeUndefined();
    account.pass(300);
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'InService',
      ProductionVariants: [{ CurrentInstanceCount: 4, DesiredInstanceCount: 4 }],
    });
  });

  test('go back through RollingBack when they fail', async () => {
    const account = new Account();
    await account.serving('iris', 'iris-1');
    account.hosting.faultPlan.plan({ kind: 'noCapacity', change: 'scale' });
    await scale(account, 4);
    account.pass(300);
    expect(await account.status('iris')).toBe('RollingBack');
    expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
    account.pass(300);
    expect(await account.describe('iris')).toMatchObject({
      EndpointStatus: 'InService',
      ProductionVariants: [{ CurrentInstanceCount: 2, DesiredInstanceCount: 2 }],
      FailureReason: expect.stringMatching(/capacity/),
    });
  });
});

test('SystemUpdating answers, and refuses every change', async () => {
  const account = new Account();
  await account.serving('iris', 'iris-1');
  account.hosting.systemUpdate('iris', 60 * SECOND);
  expect(await account.status('iris')).toBe('SystemUpdating');
  expect(await account.invoke('iris')).toEqual({ model: 'iris-1' });
  expect((await failure(account.update('iris', 'iris-1')))[1]).toMatch(/^Cannot update in-progress endpoint/);
  account.pass(60);
  expect(await account.status('iris')).toBe('InService');
});

test('out of service, it answers nothing, and an update brings it back', async () => {
  const account = new Account();
  await account.serving('iris', 'iris-1');
  account.hosting.takeOutOfService('iris', 'the account is suspended');
  expect(await account.status('iris')).toBe('OutOfService');
  expect((await failure(account.invoke('iris')))[0]).toBe('ValidationError');
  await account.update('iris', 'iris-1');
  account.pass(300);
  expect(await account.status('iris')).toBe('InService');
});
