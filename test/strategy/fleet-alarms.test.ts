// The alarms of a new fleet, judged by the simulator's CloudWatch from their definitions.
import { fleetAlarms } from '../../lambdas/core/guardrails/fleet-alarms.ts';
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
import { ownershipTags } from '../../lambdas/core/naming/ownership-tags.ts';
import { expression } from '../../local/hosting/metric-math.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { aPlan } from '../outcome/ends.ts';

const fleet = { endpointName: 'iris', variantName: 'primary', endpointConfigName: 'iris-c-2' };
const limits = { maximumErrorPercent: 5, maximumP99Milliseconds: 200, names: [] };
const alarms = fleetAlarms('Deployer', 'rollout-1', fleet, limits);

test('one for each kind that has a limit', () => {
  const kinds = (change: Partial<typeof limits> | { maximumErrorPercent: null } | { maximumP99Milliseconds: null }) =>
    fleetAlarms('Deployer', 'rollout-1', fleet, { ...limits, ...change }).map(({ name }) =>
      name.split('-').slice(4).join('-'),
    );
  expect(kinds({})).toEqual(['5xx', 'model-errors', 'p99-latency']);
  expect(kinds({ maximumErrorPercent: null })).toEqual(['p99-latency']);
  expect(kinds({ maximumP99Milliseconds: null })).toEqual(['5xx', 'model-errors']);
});

test('the names are of this rollout alone, and at most 255 long', () => {
  const names = alarms.map(({ name }) => name);
  expect(names.every((name) => name.startsWith('Deployer-rollout-iris-'))).toBe(true);
  expect(fleetAlarms('Deployer', 'rollout-1', fleet, limits).map(({ name }) => name)).toEqual(names);
  const others = fleetAlarms('Deployer', 'rollout-2', fleet, limits).map(({ name }) => name);
  expect(others.some((name) => names.includes(name))).toBe(false);
  const long = fleetAlarms('S'.repeat(128), 'r', { ...fleet, endpointName: 'e'.repeat(63) }, limits);
  expect(Math.max(...long.map(({ name }) => name.length))).toBeLessThanOrEqual(255);
});

const isAlarm = (kind: string, datapoints: Record<string, number>) => {
  const { expression: math, threshold } = alarms.find(({ name }) => name.endsWith(kind))!;
  const judged = expression(math).compute((id) => datapoints[id]);
  return judged !== undefined && judged > threshold;
};

test.each<[string, Record<string, number>, boolean]>([
  ['5xx', { requests: 100, errors: 6 }, true],
  ['5xx', { requests: 100, errors: 5 }, false],
  ['5xx', { requests: 9, errors: 9 }, false],
  ['5xx', { requests: 10, errors: 10 }, true],
  ['5xx', {}, false],
  ['model-errors', { requests: 100, all: 100, clients: 100 }, false],
  ['model-errors', { requests: 100, all: 100, clients: 90 }, true],
  ['p99-latency', { requests: 10, latency: 200_001 }, true],
  ['p99-latency', { requests: 10, latency: 200_000 }, false],
  ['p99-latency', { requests: 9, latency: 1e9 }, false],
])('%s with %j: ALARM %p', (kind, datapoints, expected) => {
  expect(isAlarm(kind, datapoints)).toBe(expected);
});

test('the definitions, word for word; without limits none', () => {
  const requests = { id: 'requests', metric: 'Invocations', statistic: 'Sum' };
  const words = 'Made by the rollout rollout-1, to be removed at its end:';
  expect(alarms.map(({ name, ...rest }) => rest)).toEqual([
    {
      description: `${words} more than 5 % answers with 5XX of the new fleet of iris.`,
      ...{ fleet, threshold: 5, expression: 'IF(requests >= 10, 100 * errors / requests, 0)' },
      metrics: [requests, { id: 'errors', metric: 'Invocation5XXErrors', statistic: 'Sum' }],
    },
    {
      description: `${words} more than 5 % errors of the model of the new fleet of iris.`,
      ...{ fleet, threshold: 5, expression: 'IF(requests >= 10, 100 * (all - clients) / requests, 0)' },
      metrics: [
        ...[requests, { id: 'all', metric: 'InvocationModelErrors', statistic: 'Sum' }],
        { id: 'clients', metric: 'Invocation4XXErrors', statistic: 'Sum' },
      ],
    },
    {
      description: `${words} the 99th percentile of ModelLatency above 200 ms of the new fleet of iris.`,
      ...{ fleet, threshold: 200_000, expression: 'IF(requests >= 10, latency, 0)' },
      metrics: [requests, { id: 'latency', metric: 'ModelLatency', statistic: 'p99' }],
    },
  ]);
  const plan: Plan = {
    ...{ ...aPlan, ownershipTags: ownershipTags('Deployer', 'rollout-1') },
    endpointConfig: { ...aPlan.endpointConfig, name: 'iris-c-2' },
  };
  expect(realtime.alarms({ ...plan, alarms: limits })).toEqual(alarms);
  expect(realtime.alarms({ ...plan, alarms: null })).toEqual([]);
});
