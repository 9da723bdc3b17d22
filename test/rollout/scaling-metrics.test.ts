// Variants that scale by another metric than invocations: our policy changes, others make way, and all of it comes back.
import {
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { SCALING_POLICY_NAME } from '../../lambdas/core/naming/names.ts';
import type { ScalingMetric } from '../../state-machine/contract/scaling-metrics.ts';
import { scaling, target } from './iris-scaling.ts';
import { RolloutAccount } from './rollout-account.ts';

const concurrency = 'SageMakerVariantConcurrentRequestsPerModelHighResolution';
const customized: ScalingMetric = {
  customized: {
    ...{ namespace: '/aws/sagemaker/Endpoints', metricName: 'CPUUtilization', statistic: 'Average' },
    dimensions: { VariantName: 'primary', EndpointName: 'iris' },
  },
};
const LIVE = { verification: 'live', environment: { LEVEL: 'x' } } as const;

/** With a policy of somebody's on the concurrency, which AWS lists before ours on invocations. */
async function serving() {
  const account = new RolloutAccount();
  await account.rollOut({ request: { scaling: null } });
  await account.clients.autoScaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: 1, MaxCapacity: 4 }),
  );
  await account.clients.autoScaling.send(
    new PutScalingPolicyCommand({
      ...{ ...target, PolicyName: 'theirs', PolicyType: 'TargetTrackingScaling' },
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 4,
        PredefinedMetricSpecification: { PredefinedMetricType: concurrency },
      },
    }),
  );
  await account.pass(600_000);
  expect(await account.rollOut({ request: { scaling } })).toMatchObject({ succeeded: true });
  await account.pass(600_000);
  account.hosting.calls.length = 0;
  return account;
}

const tracked = (account: RolloutAccount) =>
  Object.fromEntries(
    Object.values(account.alive().scalingPolicies as Record<string, PutScalingPolicyCommandInput>).map(
      ({ PolicyName, TargetTrackingScalingPolicyConfiguration: of }) => [
        PolicyName,
        of?.PredefinedMetricSpecification?.PredefinedMetricType ?? of?.CustomizedMetricSpecification,
      ],
    ),
  );

test('a customized metric stands in the one policy of ours, and theirs stays', async () => {
  const account = await serving();
  const request = { scaling: { ...scaling, metric: customized, target: 60 } };
  expect(await account.rollOut({ request })).toMatchObject({ succeeded: true });
  expect(tracked(account)).toEqual({
    theirs: concurrency,
    [SCALING_POLICY_NAME]: {
      ...{ Namespace: '/aws/sagemaker/Endpoints', MetricName: 'CPUUtilization', Statistic: 'Average' },
      Dimensions: [
        { Name: 'EndpointName', Value: 'iris' },
        { Name: 'VariantName', Value: 'primary' },
      ],
    },
  });
  account.hosting.calls.length = 0;
  expect(await account.rollOut({ request: { ...request, environment: { LEVEL: 'x' } } })).toMatchObject({
    succeeded: true,
  });
  expect(account.mutations()).not.toContain('PutScalingPolicy');
});

test('a policy of theirs on the same metric makes way', async () => {
  const account = await serving();
  const request = { scaling: { ...scaling, metric: concurrency, target: 5 } } as const;
  expect(await account.rollOut({ request })).toMatchObject({ succeeded: true });
  expect(tracked(account)).toEqual({ [SCALING_POLICY_NAME]: concurrency });
});

test.each<[string, ScalingMetric]>([
  ['a customized metric', customized],
  ['the metric of theirs', concurrency],
])('an update to %s that fails is rolled back, metric by metric', async (_name, metric) => {
  const account = await serving();
  const before = account.alive();
  account.answer = () => ({ status: 500, body: '' });
  const { outcome } = await account.rollOut({ request: { ...LIVE, scaling: { ...scaling, metric, target: 5 } } });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(account.mutations().filter((name) => name === 'PutScalingPolicy').length).toBeGreaterThan(1);
  expect(account.alive()).toEqual(before);
});
