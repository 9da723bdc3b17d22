/** What EventBridge is told of endpoints, and how it is brought on. */

import { DeleteEndpointCommand, UpdateEndpointWeightsAndCapacitiesCommand } from '@aws-sdk/client-sagemaker';
import type { EndpointEvent } from '../../local/hosting/endpoint-event.ts';
import { drawnDelivery } from '../../local/hosting/event-delivery.ts';
import { seeded } from '../../local/hosting/seeded.ts';
import { Account, SECOND } from './account.ts';

/** An account whose clock is moved by nothing but what the simulator says comes next. */
function watched() {
  const events: EndpointEvent[] = [];
  const account = new Account({ onEvent: (event) => events.push(event) });
  const begun = account.now;
  const told = () => events.map(({ at, detail }) => [(at - begun) / SECOND, detail.EndpointStatus]);
  const follow = () => {
    for (let next = account.hosting.nextChange(); next !== null; next = account.hosting.nextChange()) {
      account.now = next;
      account.hosting.advance();
    }
  };
  return { account, events, told, follow };
}

const CANARY = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      ...{ Type: 'CANARY' as const, WaitIntervalInSeconds: 60 },
      CanarySize: { Type: 'CAPACITY_PERCENT' as const, Value: 50 },
    },
    TerminationWaitInSeconds: 30,
  },
};

test('each status is told of at its moment, in the words of AWS’s page', async () => {
  const { account, events, told, follow } = watched();
  await account.config('Iris-1');
  await account.endpoint('Iris', 'Iris-1');
  follow();
  expect(told()).toEqual([
    [0, 'CREATING'],
    [300, 'IN_SERVICE'],
  ]);
  expect(events[1]).toEqual({
    at: account.now,
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Endpoint State Change',
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris'],
    detail: {
      EndpointName: 'Iris',
      EndpointArn: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris',
      EndpointConfigName: 'Iris-1',
      EndpointStatus: 'IN_SERVICE',
      ProductionVariants: [
        {
          ...{ VariantName: 'primary', CurrentWeight: 1, DesiredWeight: 1 },
          ...{ CurrentInstanceCount: 2, DesiredInstanceCount: 2 },
        },
      ],
      ...{ CreationTime: account.now - 300 * SECOND, LastModifiedTime: account.now, Tags: {} },
    },
  });
});

test('of a deployment every stage is told, with the status beside it', async () => {
  const { account, events, follow } = watched();
  await account.serving('iris', 'iris-1');
  await account.config('iris-2');
  events.length = 0;
  const begun = account.now;
  await account.update('iris', 'iris-2', { DeploymentConfig: CANARY });
  follow();
  const seen = events.map(({ at, detail }) => {
    const pending = detail.PendingDeploymentSummary as
      | { EndpointConfigName: string; ProductionVariants: { VariantStatus: { Status: string }[] }[] }
      | undefined;
    const status = pending?.ProductionVariants[0]?.VariantStatus[0]?.Status ?? null;
    return [
      (at - begun) / SECOND,
      detail.EndpointStatus,
      pending?.EndpointConfigName ?? detail.EndpointConfigName,
      status,
    ];
  });
  expect(seen).toEqual([
    [0, 'UPDATING', 'iris-1', null],
    [300, 'UPDATING', 'iris-2', 'ActivatingTraffic'],
    [300, 'UPDATING', 'iris-2', 'Baking'],
    [360, 'UPDATING', 'iris-2', 'ActivatingTraffic'],
    [360, 'UPDATING', 'iris-2', 'Baking'],
    [390, 'UPDATING', 'iris-2', 'Deleting'],
    [390, 'IN_SERVICE', 'iris-2', null],
  ]);
  for (const event of events)
    expect(event['detail-type']).toBe(
      `SageMaker Endpoint ${event.detail.PendingDeploymentSummary ? 'Deployment ' : ''}State Change`,
    );
});

test('a clock that leaps is told of the same at the same moments', async () => {
  const [steps, leap] = [watched(), watched()];
  for (const { account } of [steps, leap]) {
    await account.config('iris-1');
    await account.endpoint('iris', 'iris-1');
  }
  steps.follow();
  leap.account.pass(7_200);
  leap.account.hosting.advance();
  expect(leap.events).toEqual(steps.events);
});

test('a failed scaling goes through ROLLING_BACK; a deletion is told when it begins, and by nothing when it is over', async () => {
  const { account, events, told, follow } = watched();
  await account.serving('iris', 'iris-1');
  account.hosting.advance();
  account.hosting.faultPlan.plan({ kind: 'noCapacity', endpointName: 'iris' });
  const DesiredWeightsAndCapacities = [{ VariantName: 'primary', DesiredInstanceCount: 4 }];
  await account.sagemaker.send(
    new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: 'iris', DesiredWeightsAndCapacities }),
  );
  follow();
  await account.sagemaker.send(new DeleteEndpointCommand({ EndpointName: 'iris' }));
  follow();
  expect(told().map(([, status]) => status)).toEqual([
    ...['CREATING', 'IN_SERVICE', 'UPDATING', 'ROLLING_BACK', 'IN_SERVICE', 'DELETING'],
  ]);
  expect(events.at(-1)!.at).toBe(account.now - 300 * SECOND);
  expect(account.hosting.nextChange()).toBeNull();
});

test('what is stuck never changes; where nothing says when, it is looked at every second', async () => {
  const { account } = watched();
  account.hosting.faultPlan.plan({ kind: 'stuck', endpointName: 'iris' });
  await account.config('iris-1');
  await account.endpoint('iris', 'iris-1');
  expect(account.hosting.nextChange()).toBeNull();
  const slow = new Account({}, { startup: () => 400 * SECOND });
  await slow.config('iris-1');
  await slow.endpoint('iris', 'iris-1');
  expect(slow.hosting.nextChange()).toBe(slow.now + 300 * SECOND);
  slow.pass(300);
  slow.hosting.advance();
  expect(slow.hosting.nextChange()).toBe(slow.now + SECOND);
});

describe('delivery', () => {
  const drawn = (seed: number, count: number, options = {}) => {
    const draw = drawnDelivery(seeded(seed), options);
    return Array.from({ length: count }, draw);
  };
  const quantile = (delays: readonly number[], part: number) =>
    delays.toSorted((one, other) => one - other)[Math.floor(part * delays.length)]!;

  test('is late by half a second in the median, ten seconds at the 99th percentile, and 1 % never comes', () => {
    const of = drawn(1, 50_000, { again: 0 });
    const delays = of.flat();
    expect(quantile(delays, 0.5)).toBeGreaterThan(480);
    expect(quantile(delays, 0.5)).toBeLessThan(520);
    expect(quantile(delays, 0.99)).toBeGreaterThan(9_000);
    expect(quantile(delays, 0.99)).toBeLessThan(11_000);
    expect(delays.every((delay) => delay >= 0 && Number.isInteger(delay))).toBe(true);
    const lost = of.filter((copies) => copies.length === 0).length / of.length;
    expect(lost).toBeGreaterThan(0.008);
    expect(lost).toBeLessThan(0.012);
  });

  test('comes twice or three times now and then, and later events may overtake', () => {
    const of = drawn(2, 10_000, { lost: 0 });
    const counts = [1, 2, 3].map((count) => of.filter((copies) => copies.length === count).length / of.length);
    expect(counts[0]).toBeCloseTo(0.8, 1);
    expect(counts[1]).toBeCloseTo(0.16, 1);
    expect(counts[2]).toBeCloseTo(0.04, 1);
    expect(of.some((copies, index) => index > 0 && copies[0]! + 500 < of[index - 1]![0]!)).toBe(true);
  });

  test('is the same for the same seed, and can be made certain', () => {
    expect(drawn(3, 100)).toEqual(drawn(3, 100));
    expect(drawn(3, 100)).not.toEqual(drawn(4, 100));
    expect(drawn(5, 100, { medianMs: 200, p99Ms: 200, lost: 0, again: 0 })).toEqual(Array(100).fill([200]));
    expect(drawn(6, 100, { lost: 1 })).toEqual(Array(100).fill([]));
  });
});
