// The alarms of a new fleet, judged by the simulator's CloudWatch from their definitions.
import { fleetAlarms } from '../../lambdas/core/fleet-alarms.ts';
import { expression } from '../../local/hosting/metric-math.ts';

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
