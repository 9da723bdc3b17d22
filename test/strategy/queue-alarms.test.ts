// The alarms on an asynchronous endpoint, judged by the simulator's CloudWatch from their definitions.
import { fleetDimensions } from '../../lambdas/core/guardrails/fleet-metrics.ts';
import { queueAlarms } from '../../lambdas/core/guardrails/queue-alarms.ts';
import { expression } from '../../local/hosting/metric-math.ts';

const fleet = { endpointName: 'iris', variantName: 'primary', endpointConfigName: 'iris-c-2' };
const limits = { maximumErrorPercent: 5, maximumP99Milliseconds: null, maximumOldestRequestSeconds: 600, names: [] };
const alarms = queueAlarms('Deployer', 'rollout-1', fleet, limits);
const kindOf = (name: string) => name.split('-').slice(4).join('-');

test('on what SageMaker publishes of a queue, which knows no fleet', () => {
  const ofVariant = { EndpointName: 'iris', VariantName: 'primary' };
  const found = alarms.map(({ name, fleet: of, metrics, threshold }) => ({
    ...{ kind: kindOf(name), dimensions: fleetDimensions(of), threshold },
    metrics: metrics.map(({ metric, statistic }) => `${statistic} ${metric}`),
  }));
  expect(found).toEqual([
    {
      ...{ kind: 'failures', dimensions: ofVariant, threshold: 5 },
      metrics: ['Sum InvocationsProcesssed', 'Sum InvocationFailures', 'Sum Invocation4XXErrors'],
    },
    { kind: 'expired', dimensions: ofVariant, threshold: 0, metrics: ['Sum ExpiredRequests'] },
    {
      ...{ kind: 'oldest-request', dimensions: { EndpointName: 'iris' }, threshold: 600 },
      metrics: ['Maximum ApproximateAgeOfOldestRequest'],
    },
  ]);
});

test('named for the rollout, as those of other fleets', () => {
  const names = alarms.map(({ name }) => name);
  expect(names.every((name) => name.startsWith('Deployer-rollout-iris-'))).toBe(true);
  const others = queueAlarms('Deployer', 'rollout-2', fleet, limits).map(({ name }) => name);
  expect(others.some((name) => names.includes(name))).toBe(false);
  const without = queueAlarms('Deployer', 'rollout-1', fleet, { ...limits, maximumErrorPercent: null });
  expect(without.map(({ name }) => kindOf(name))).toEqual(['expired', 'oldest-request']);
});

test.each<[string, Record<string, number>, boolean]>([
  ['failures', { requests: 100, failures: 6 }, true],
  ['failures', { requests: 100, failures: 5 }, false],
  ['failures', { requests: 100, failures: 50, clients: 45 }, false],
  ['failures', { requests: 100, failures: 51, clients: 45 }, true],
  ['failures', { requests: 9, failures: 9 }, false],
  ['failures', {}, false],
  ['expired', { expired: 1 }, true],
  ['expired', { expired: 0 }, false],
  ['expired', {}, false],
  ['oldest-request', { age: 601 }, true],
  ['oldest-request', { age: 600 }, false],
])('%s with %j: ALARM %p', (kind, datapoints, expected) => {
  const { expression: math, threshold } = alarms.find(({ name }) => kindOf(name) === kind)!;
  const judged = expression(math).compute((id) => datapoints[id]);
  expect(judged !== undefined && judged > threshold).toBe(expected);
});
