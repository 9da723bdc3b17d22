// What an endpoint that something else made is set to stays, where the request says nothing of it.
import { liveScaling, uncarriedScaling } from '../../lambdas/core/adoption/live-scaling.ts';
import { SCALING_POLICY_NAME, variantTarget } from '../../lambdas/core/naming/names.ts';
import type { Fields } from '../../simulate/judging/live-settings.ts';
import { archive } from '../../simulate/world/archives.ts';
import { isRead, keyOf } from '../../simulate/world/simulated-stack.ts';
import { adopted, THEIRS } from './adopted-endpoint.ts';

const SET: Fields = {
  ...{ instanceType: 'ml.c5.large', instanceCount: '2', environment: '{"LEVEL":"info"}', isolation: 'false' },
  ...{ vpc: 'none', volumeKey: 'none' },
  ...{ scaling: '[2,4,30]', tags: '{"team":"flowers"}' },
};

test('a plain upload changes the model and nothing else, and so does the next one', async () => {
  const { settings, uploaded } = await adopted();
  expect(settings()).toEqual(SET);
  for (const number of [1, 2]) {
    expect(await uploaded(number)).toMatchObject({ outcome: 'deployed', change: { model: true, settings: [] } });
    expect(settings()).toEqual(SET);
  }
});

test('a request changes what it names, and a reset takes the rest to the defaults', async () => {
  const { settings, requested } = await adopted();
  const outcome = await requested({ environment: { LEVEL: 'debug' }, reset: ['scaling'] });
  expect(outcome).toMatchObject({
    outcome: 'deployed',
    change: {
      settings: [
        { setting: 'environment.LEVEL', from: '(a value)', to: '(another value)' },
        { setting: 'scaling.maximum', from: '4', to: '5' },
        { setting: 'scaling.minimum', from: '2', to: '1' },
        { setting: 'scaling.scaleOutCooldownSeconds', from: '300', to: '60' },
        { setting: 'scaling.target', from: '30', to: '70' },
      ],
    },
  });
  expect(settings()).toMatchObject({ ...SET, environment: '{"LEVEL":"debug"}', scaling: expect.anything() });
});

test('what the platform does not allow is told with the reset that helps, before anything is changed', async () => {
  const { stack, settings, uploaded, requested } = await adopted({ InstanceType: 'ml.m5.4xlarge' });
  const before = settings();
  expect(await uploaded(1)).toMatchObject({
    outcome: 'rejected',
    problems: [
      {
        where: 'hosting.instanceType',
        message: expect.stringContaining(
          'kept from the endpoint as it is: ask for another value, or send "reset": ["hosting"]',
        ),
      },
    ],
  });
  expect(settings()).toEqual(before);
  const changed = stack.account.calls.filter(
    ({ service, by, operation }) => by.executionName !== null && service === 'sagemaker' && !isRead(operation),
  );
  expect(changed).toEqual([]);
  expect(await requested({ reset: ['hosting'], scaling: { minimum: 1 } })).toMatchObject({ outcome: 'deployed' });
  expect(settings()).toMatchObject({ instanceType: 'ml.m5.large' });
});

test('an image of somebody else is neither taken over unseen nor replaced in silence', async () => {
  const { uploaded, requested } = await adopted({ Image: THEIRS });
  expect(await uploaded(1)).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'image', message: expect.stringContaining(`serves with ${THEIRS}. Name it in the request`) }],
  });
  expect(await requested({ reset: ['image'] })).toMatchObject({
    outcome: 'deployed',
    change: { settings: [{ setting: 'image', from: `"${THEIRS}"`, to: null }] },
  });
});

test('an image that was checked for another processor is refused', async () => {
  const { uploaded } = await adopted({ InstanceType: 'ml.c7g.large' });
  expect((await uploaded(1)).problems).toEqual([
    { where: 'hosting.instanceType', message: expect.stringContaining('does not allow ml.c7g.large') },
    { where: 'hosting.instanceType', message: expect.stringMatching(/arm64.*checked for amd64/) },
  ]);
});

test('a policy of theirs that tracks the same metric makes way for ours, and comes back with a rollback', async () => {
  const { stack, uploaded, last } = await adopted();
  const policies = () => stack.account.hosting.snapshot().scalingPolicies;
  const before = policies();
  stack.upload(keyOf('iris', 2), await archive('wrong', 2), []);
  const model = { s3Uri: `s3://models-bucket/${keyOf('iris', 2)}` };
  stack.request({ endpointName: 'iris', model, verification: 'live' });
  expect(await last()).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
  expect(stack.account.calls.map(({ operation }) => operation)).toContain('DeleteScalingPolicy');
  expect(policies()).toEqual(before);
  expect(await uploaded(3)).toMatchObject({ outcome: 'deployed' });
  expect(Object.values(policies())).toMatchObject([{ PolicyName: SCALING_POLICY_NAME }]);
});

const CONCURRENCY = 'SageMakerVariantConcurrentRequestsPerModelHighResolution' as const;

test('a policy that never scales in is refused by name, unless it stays beside ours', () => {
  const refused = (PredefinedMetricType: string, name = 'theirs', metric?: typeof CONCURRENCY) => {
    const configuration = { DisableScaleIn: true, PredefinedMetricSpecification: { PredefinedMetricType } };
    const policies = [{ name, type: 'TargetTrackingScaling', configuration }];
    const found = { minimum: 1, maximum: 3, suspended: {}, policies, scheduledActions: [] };
    return uncarriedScaling([{ ...variantTarget('iris', 'blue'), variantName: 'blue', found }], metric);
  };
  expect(refused('SageMakerVariantInvocationsPerInstance')).toEqual([
    {
      where: 'scaling of endpoint/iris/variant/blue: theirs.DisableScaleIn',
      message: expect.stringContaining('scales in too'),
    },
  ]);
  expect(refused('SageMakerVariantConcurrentRequestsPerModelHighResolution')).toEqual([]);
  expect(refused('SageMakerVariantConcurrentRequestsPerModelHighResolution', 'theirs', CONCURRENCY)).toHaveLength(1);
  expect(refused('SageMakerVariantInvocationsPerInstance', 'theirs', CONCURRENCY)).toEqual([]);
  expect(refused('SageMakerVariantInvocationsPerInstance', SCALING_POLICY_NAME)).toEqual([]);
});

test('how it scales, as a request would write it', () => {
  const found = { minimum: 1, maximum: 3, suspended: {}, policies: [], scheduledActions: [] };
  const scaled = (policies: typeof found.policies) =>
    liveScaling([{ ...variantTarget('iris', 'blue'), variantName: 'blue', found: { ...found, policies } }], {
      ...{ maximumInstances: 10, takesOver: true },
    });
  const policy = (configuration: Record<string, unknown>) =>
    [{ name: 'a', type: 'TargetTrackingScaling', configuration }] as never;
  const PredefinedMetricSpecification = { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' };
  expect(liveScaling([], { maximumInstances: 10, takesOver: true })).toBe('none');
  expect(scaled([])).toEqual({ minimum: 1, maximum: 3 });
  expect(scaled(policy({ TargetValue: 9, CustomizedMetricSpecification: {} }))).toEqual({ minimum: 1, maximum: 3 });
  expect(scaled(policy({ TargetValue: 9, PredefinedMetricSpecification, ScaleInCooldown: 10 }))).toEqual({
    ...{
      minimum: 1,
      maximum: 3,
      metric: 'SageMakerVariantInvocationsPerInstance',
      target: 9,
      scaleInCooldownSeconds: 10,
      scaleOutCooldownSeconds: 300,
    },
  });
  const byConcurrency = { TargetValue: 3, PredefinedMetricSpecification: { PredefinedMetricType: CONCURRENCY } };
  expect(scaled(policy(byConcurrency))).toMatchObject({ metric: CONCURRENCY, target: 3 });
  // One that never scales in stays beside ours.
  expect(scaled(policy({ ...byConcurrency, DisableScaleIn: true }))).toEqual({ minimum: 1, maximum: 3 });
  const both = [...policy(byConcurrency), ...policy({ TargetValue: 9, PredefinedMetricSpecification })];
  expect(scaled(both)).toMatchObject({ target: 9 });
  const CustomizedMetricSpecification = { Namespace: 'own', MetricName: 'queue', Statistic: 'Sum' };
  expect(scaled(policy({ TargetValue: 9, CustomizedMetricSpecification }))).toMatchObject({
    metric: { customized: { namespace: 'own', metricName: 'queue', statistic: 'Sum' } },
  });
});
