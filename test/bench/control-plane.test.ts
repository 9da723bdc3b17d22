// The arithmetic of the control-plane benchmark: from moments to lags, from histories to figures, from lags to bars.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { lagBars, lagVsToday } from '../../bench/control-plane/bars.ts';
import { bands, hourBand } from '../../bench/control-plane/draws.ts';
import { earlierInterval, earlierLag } from '../../bench/control-plane/earlier-polling.ts';
import { lagOf } from '../../bench/control-plane/lag.ts';
import { onVirtualTime } from '../../bench/control-plane/on-virtual-time.ts';
import { readRollout } from '../../bench/control-plane/read-rollout.ts';
import { type BandFigures, withEvents } from '../../bench/control-plane/run-band.ts';
import { statistics } from '../../bench/control-plane/statistics.ts';

describe('draws', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(bands(1, 30)).toEqual(bands(1, 30));
    expect(bands(1, 30)).not.toEqual(bands(2, 30));
  });

  test('fill their bands evenly', () => {
    for (const { name, draws } of bands(1, 200)) {
      const [least, most] = { 30: [25, 35], 300: [285, 315], 3600: [3_420, 3_780] }[name] as [number, number];
      expect(Math.min(...draws)).toBeGreaterThanOrEqual(least);
      expect(Math.max(...draws)).toBeLessThan(most);
      const lower = draws.filter((draw) => draw < (least + most) / 2).length;
      expect(lower).toBeGreaterThan(75);
      expect(lower).toBeLessThan(125);
    }
  });
});

describe('lag', () => {
  const inServiceAt = 1_800_000_000;
  const sighting = (slept: number, look: number) => ({
    endpointName: 'iris',
    inServiceAt,
    lookedAt: inServiceAt + slept,
    seenAt: inServiceAt + slept + look,
  });

  test('in real time is what was measured', () => {
    const { seconds, overheadSeconds } = lagOf(sighting(3, 0.25), 1);
    expect(seconds).toBeCloseTo(3.25);
    expect(overheadSeconds).toBeCloseTo(0.25);
  });

  test('of a scaled round is stretched where it was slept, and only there', () => {
    const { seconds, overheadSeconds } = lagOf(sighting(0.3, 0.25), 0.1);
    expect(seconds).toBeCloseTo(3.25);
    expect(overheadSeconds).toBeCloseTo(0.25);
  });

  test('is all overhead where the endpoint came into service during the look', () => {
    const { seconds, overheadSeconds } = lagOf(sighting(-0.1, 0.25), 0.1);
    expect(seconds).toBeCloseTo(0.15);
    expect(overheadSeconds).toBeCloseTo(0.15);
  });
});

describe('statistics', () => {
  test('mean, median of an odd and an even number, 99th percentile, largest', () => {
    expect(statistics([3, 1, 8])).toEqual({ n: 3, mean: 4, median: 3, p99: 8, largest: 8 });
    expect(statistics([4, 1, 2, 3])).toEqual({ n: 4, mean: 2.5, median: 2.5, p99: 4, largest: 4 });
    expect(statistics(Array.from({ length: 200 }, (_, index) => index + 1))).toMatchObject({ p99: 198, largest: 200 });
  });

  test('of nothing are refused', () => {
    expect(() => statistics([])).toThrow('nothing');
  });

  test('do not depend on the order, and lie inside the sample', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (sample) => {
        const { mean, median, largest } = statistics(sample);
        expect(statistics(sample.toReversed())).toEqual(statistics(sample));
        for (const value of [mean, median]) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...sample));
          expect(value).toBeLessThanOrEqual(largest);
        }
      }),
    );
  });
});

describe('a history', () => {
  const at = (second: number) => new Date(second * 1000);
  const entered = (second: number, kind: string, name: string): HistoryEvent =>
    ({ type: `${kind}StateEntered`, timestamp: at(second), stateEnteredEventDetails: { name } }) as HistoryEvent;
  const exited = (second: number, kind: string, name: string, output: object = {}): HistoryEvent =>
    ({
      type: `${kind}StateExited`,
      timestamp: at(second),
      stateExitedEventDetails: { name, output: JSON.stringify(output) },
    }) as HistoryEvent;
  const of = (second: number, type: string): HistoryEvent => ({ type, timestamp: at(second) }) as HistoryEvent;
  const check = (second: number, verdict: string, attempts = 1) => [
    entered(second, 'Task', 'CheckEndpoint'),
    ...Array.from({ length: attempts }, () => of(second, 'LambdaFunctionScheduled')),
    exited(second + 0.5, 'Task', 'CheckEndpoint', { deployment: { verdict } }),
  ];
  const wait = (from: number, to: number) => [
    entered(from, 'Wait', 'WaitForEndpoint'),
    exited(to, 'Wait', 'WaitForEndpoint'),
  ];
  const seen = [...wait(0, 5), ...check(5, 'inProgress', 3), ...wait(6, 11), ...check(11, 'inService')];

  test('tells when the endpoint was seen, and what was billed: states entered and retries', () => {
    const history = [...seen, ...wait(12, 20), entered(20, 'Succeed', 'Succeeded'), of(21, 'ExecutionSucceeded')];
    expect(readRollout(history)).toEqual({ lookedAt: 11, seenAt: 11.5, endedAt: 21, polls: 2, transitions: 8 });
  });

  const awaited = (from: number, to: number) => [
    entered(from, 'Task', 'WaitForEndpoint'),
    of(from, 'TaskScheduled'),
    exited(to, 'Task', 'WaitForEndpoint'),
  ];

  test('whose waits are callback states tells the same', () => {
    const history = [...awaited(0, 60), ...check(60, 'inProgress'), ...awaited(61, 90), ...check(90, 'inService')];
    const after = [
      entered(91, 'Task', 'RecordOutcome'),
      exited(92, 'Task', 'RecordOutcome'),
      of(93, 'ExecutionSucceeded'),
    ];
    expect(readRollout([...history, ...after])).toEqual({
      ...{ lookedAt: 90, seenAt: 90.5, endedAt: 93, polls: 2, transitions: 5 },
    });
  });

  test('of a wait that an event ended: only what came before the event was slept', () => {
    const rollout = { lookedAt: 90.4, seenAt: 90.9, endedAt: 93, polls: 2, transitions: 5 };
    expect(withEvents(rollout, 89, [20, 90, 90.3, 95]).lookedAt).toBe(90);
    expect(withEvents(rollout, 89, [20, 95]).lookedAt).toBe(90.4);
    expect(withEvents(rollout, 89, []).lookedAt).toBe(90.4);
  });

  test('of a rollout that failed is no figure', () => {
    expect(() => readRollout([...seen, of(21, 'ExecutionFailed')])).toThrow('ExecutionFailed');
    expect(() => readRollout([...wait(0, 5), of(21, 'ExecutionSucceeded')])).toThrow('did not succeed');
  });
});

test('the bars divide medians and means, and add up the calls', () => {
  const lags = (...seconds: number[]) => seconds.map((value) => ({ seconds: value, overheadSeconds: 0, sleeps: 1 }));
  const rollout = { overheadSeconds: 0, toOutcomeSeconds: 0, polls: 1 };
  const band: BandFigures = {
    name: '300',
    draws: [290, 310],
    deployer: [
      { ...rollout, seconds: 2, transitions: 100 },
      { ...rollout, seconds: 2, transitions: 106 },
      { ...rollout, seconds: 5, transitions: 109 },
    ],
    waiters: { boto3Waiter: lags(10, 20, 90), sdkSession: lags(12, 12, 12), coreEndpoint: lags(1, 4, 9) },
    apiCalls: { sagemaker: 60, 'sagemaker-runtime': 20.5 },
    load: { cpuShare: 0.5, loadAverage: 1, eventLoopDelayP99Milliseconds: 1 },
  };
  expect(lagBars(band)).toEqual({
    lagVsCore300: 0.5,
    lagVsWaiter300: 0.1,
    lagVsSdk300: 0.25,
    transitionsPerRollout: 105,
    apiCallsPerRollout: 80.5,
  });
});

describe('the deployer of before events', () => {
  test('looked every 5 s, then every 2 % of the time waited, and at most every 90 s', () => {
    expect([0, 249, 300, 3_600, 4_500, 20_000].map(earlierInterval)).toEqual([5, 5, 6, 72, 90, 90]);
  });

  test('was as late as it was measured: 2.4 s in the mean at 300 s', () => {
    const [, { draws } = { draws: [] }] = bands(1, 30);
    const { mean, largest } = statistics(draws.map(earlierLag));
    expect(mean).toBeGreaterThan(2);
    expect(mean).toBeLessThan(3.5);
    expect(largest).toBeLessThan(6.3);
  });

  test('is what an hour is held against, on the same draws', () => {
    const { draws } = hourBand(1);
    const rollout = { overheadSeconds: 0, toOutcomeSeconds: 0, polls: 1, transitions: 1 };
    const median = statistics(draws.map(earlierLag)).median;
    expect(median).toBeGreaterThan(5);
    expect(median).toBeLessThan(72);
    const deployer = draws.map(() => ({ ...rollout, seconds: median / 10 }));
    expect(lagVsToday({ draws, deployer })).toBeCloseTo(0.1, 3);
  });
});

test('on virtual time events that take longer are seen later, and what is lost is seen by the next look', async () => {
  const { lagByDelay, transitionsWithoutEvents, longestUpdateEvents } = await onVirtualTime([295, 310]);
  const [short, second, five, thirty] = lagByDelay.map(({ mean }) => mean);
  expect(short).toBeGreaterThan(0.2);
  expect(short).toBeLessThan(1);
  expect(second).toBeGreaterThan(1);
  expect(five).toBeGreaterThan(4);
  expect(five).toBeLessThan(6);
  expect(thirty).toBeGreaterThan(five!);
  expect(transitionsWithoutEvents).toBeLessThanOrEqual(120);
  expect(longestUpdateEvents).toBeGreaterThan(1_000);
  expect(longestUpdateEvents).toBeLessThanOrEqual(2_500);
}, 60_000);
