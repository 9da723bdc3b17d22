// The metric that target tracking tracks: to Application Auto Scaling and back, and which policy makes way for ours.
import fc from 'fast-check';
import { instanceProblems, resolveScaling } from '../../lambdas/core/hosting/instance-limits.ts';
import { SCALING_POLICY_NAME } from '../../lambdas/core/naming/names.ts';
import { over } from '../../lambdas/core/request/settings-over.ts';
import { isReplaced, isScaledAs, targetTrackingConfiguration } from '../../lambdas/core/scaling/scaling-change.ts';
import { metricSpecification, trackedMetric } from '../../lambdas/core/scaling/tracked-metric.ts';
import { SCALING_METRICS, type ScalingMetric } from '../../state-machine/contract/scaling-metrics.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const now = new Date(0);
const concurrency = 'SageMakerVariantConcurrentRequestsPerModelHighResolution';
const customized: ScalingMetric = {
  customized: {
    ...{ namespace: '/aws/sagemaker/Endpoints', metricName: 'CPUUtilization', statistic: 'Average' },
    dimensions: { VariantName: 'primary', EndpointName: 'iris' },
  },
};
const specification = {
  ...{ Namespace: '/aws/sagemaker/Endpoints', MetricName: 'CPUUtilization', Statistic: 'Average' },
  Dimensions: [
    { Name: 'EndpointName', Value: 'iris' },
    { Name: 'VariantName', Value: 'primary' },
  ],
};
const shuffled = { ...specification, Dimensions: [...specification.Dimensions].reverse() };

test('as Application Auto Scaling has it', () => {
  expect(metricSpecification(customized)).toEqual({ CustomizedMetricSpecification: specification });
  expect(metricSpecification(concurrency)).toEqual({
    PredefinedMetricSpecification: { PredefinedMetricType: concurrency },
  });
});

test('every metric that a request may say is read back as it was', () => {
  const name = fc.stringMatching(/^[A-Za-z/]{1,20}$/);
  const metric = fc.oneof(
    fc.constantFrom(...SCALING_METRICS),
    fc.record({
      customized: fc.record(
        {
          ...{ namespace: name, metricName: name, statistic: fc.constantFrom('Average' as const, 'Sum' as const) },
          ...{ dimensions: fc.dictionary(name, name, { minKeys: 1, maxKeys: 3 }), unit: name },
        },
        { requiredKeys: ['namespace', 'metricName', 'statistic'] },
      ),
    }),
  );
  fc.assert(
    fc.property(metric, (each) => {
      expect(trackedMetric(metricSpecification(each as ScalingMetric))).toEqual(each);
    }),
  );
});

test.each([
  [
    'of inference components',
    {
      PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerInferenceComponentInvocationsPerCopy' },
    },
  ],
  ['that is computed', { CustomizedMetricSpecification: { Metrics: [{ Id: 'a', Expression: 'b + c' }] } }],
  ['with a statistic and an expression', { CustomizedMetricSpecification: { ...specification, Metrics: [] } }],
  ['of which nothing is known', {}],
])('one %s is none that a request could say', (_name, configuration) => {
  expect(trackedMetric(configuration)).toBeNull();
});

test('somebody’s policy makes way where it tracks the same, in whatever order its dimensions are', () => {
  const policy = (CustomizedMetricSpecification: object, name = 'theirs') => ({
    ...{ name, type: 'TargetTrackingScaling', configuration: { TargetValue: 1, CustomizedMetricSpecification } },
  });
  expect(isReplaced(policy(shuffled), { metric: customized })).toBe(true);
  expect(isReplaced(policy({ ...shuffled, Statistic: 'Maximum' }), { metric: customized })).toBe(false);
  expect(isReplaced(policy(shuffled), { metric: concurrency })).toBe(false);
  expect(isReplaced(policy(shuffled, SCALING_POLICY_NAME), { metric: customized })).toBe(false);
});

test('ours is as wanted in whatever order AWS lists its dimensions', () => {
  const wanted = { ...aResolvedRequest().scaling!, metric: customized };
  const configuration = { ...targetTrackingConfiguration(wanted), CustomizedMetricSpecification: shuffled };
  const live = {
    ...{ minimum: wanted.minimum, maximum: wanted.maximum, suspended: {}, scheduledActions: [] },
    policies: [{ name: SCALING_POLICY_NAME, type: 'TargetTrackingScaling', configuration }],
  };
  expect(isScaledAs(wanted, live, now)).toBe(true);
  expect(isScaledAs({ ...wanted, metric: concurrency }, live, now)).toBe(false);
});

test('a target is said of its metric', () => {
  const kept = { scaling: { metric: customized, target: 60, maximum: 4 } } as const;
  expect(over({ scaling: { metric: concurrency } }, kept)).toEqual({ scaling: { metric: concurrency, maximum: 4 } });
  expect(over({ scaling: { metric: customized } }, kept)).toEqual(kept);
  expect(over({ scaling: { target: 50 } }, kept)).toEqual({ scaling: { ...kept.scaling, target: 50 } });
  expect(over({ scaling: { metric: SCALING_METRICS[0] } }, { scaling: { target: 9 } })).toMatchObject({
    scaling: { target: 9 },
  });
  const { hosting } = aResolvedRequest();
  const platform = { maximumInstances: 8, allowedInstanceTypes: [hosting.instanceType] } as never;
  const problems = (scaling: Parameters<typeof resolveScaling>[0]) =>
    instanceProblems(hosting, scaling, resolveScaling(scaling, platform, 1), platform).map(({ where }) => where);
  expect(problems({ metric: concurrency })).toEqual(['scaling.target']);
  expect(problems({ metric: concurrency, target: 3 })).toEqual([]);
  expect(problems({ metric: SCALING_METRICS[0] })).toEqual([]);
});
