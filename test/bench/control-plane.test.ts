// The arithmetic of the control-plane benchmark: from moments to lags, from histories to figures, from lags to bars.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import * as fc from 'fast-check';
import { lagBars } from '../../bench/control-plane/bars.ts';
import { bands } from '../../bench/control-plane/draws.ts';
import { lagOf } from '../../bench/control-plane/lag.ts';
import { readRollout } from '../../bench/control-plane/read-rollout.ts';
import type { BandFigures } from '../../bench/control-plane/run-band.ts';
import { statistics } from '../../bench/control-plane/statistics.ts';

describe('draws', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(bands(1, 30)).toEqual(bands(1, 30));
    expect(bands(1, 30)).not.toEqual(bands(2, 30));
  });

  test('fill their bands evenly', () => {
    for (const { name, draws } of bands(1, 200)) {
      const [least, most] = { 30: [25, 35], 300: [285, 315] }[name] as [number, number];
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
  test('mean, median of an odd and an even number, largest', () => {
    expect(statistics([3, 1, 8])).toEqual({ n: 3, mean: 4, median: 3, largest: 8 });
    expect(statistics([4, 1, 2, 3])).toEqual({ n: 4, mean: 2.5, median: 2.5, largest: 4 });
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

  test('of a rollout that failed is no figure', () => {
    expect(() => readRollout([...seen, of(21, 'ExecutionFailed')])).toThrow('ExecutionFailed');
    expect(() => readRollout([...wait(0, 5), of(21, 'ExecutionSucceeded')])).toThrow('did not succeed');
  });
});

test('the bars divide means, and add up the calls', () => {
  const lags = (...seconds: number[]) => seconds.map((value) => ({ seconds: value, overheadSeconds: 0, sleeps: 1 }));
  const rollout = { overheadSeconds: 0, toOutcomeSeconds: 0, polls: 1 };
  const band: BandFigures = {
    name: '300',
    draws: [290, 310],
    deployer: [
      { ...rollout, seconds: 2, transitions: 100 },
      { ...rollout, seconds: 4, transitions: 110 },
    ],
    waiters: { boto3Waiter: lags(10, 20), sdkSession: lags(12, 12), coreEndpoint: lags(1, 2) },
    apiCalls: { sagemaker: 60, 'sagemaker-runtime': 20.5 },
    load: { cpuShare: 0.5, loadAverage: 1, eventLoopDelayP99Milliseconds: 1 },
  };
  expect(lagBars(band)).toEqual({
    lagVsWaiter300: 0.2,
    lagVsSdk300: 0.25,
    transitionsPerRollout: 105,
    apiCallsPerRollout: 80.5,
  });
});
