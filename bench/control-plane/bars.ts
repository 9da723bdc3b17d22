// The few figures by which the control plane is judged.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFigures, largestBundles } from '../../infra/bundle-figures.ts';
import { buildBundles } from '../../infra/bundles.ts';
import type { Band } from './draws.ts';
import { earlierLag } from './earlier-polling.ts';
import type { VirtualFigures } from './on-virtual-time.ts';
import type { BandFigures } from './run-band.ts';
import type { Round } from './run-round.ts';
import { rounded, statistics } from './statistics.ts';

export interface Bars {
  /** Median lag of the deployer over that of sagemaker-core's loop, which looks every 5 s; endpoints of about 300 s. */
  lagVsCore300: number;
  /** Median lag over that of boto3's waiter. */
  lagVsWaiter300: number;
  /** Mean lag over that of the SageMaker Python SDK's session. */
  lagVsSdk300: number;
  /** Median lag over that of this deployer before events, reproduced by its arithmetic for the same draws; endpoints of about an hour. */
  lagVsToday3600: number;
  /** Of rollouts of about 300 s. */
  transitionsPerRollout: number;
  /** The same where every event is lost. */
  transitionsWithoutEvents: number;
  /** Of the history of the longest update, every event lost. */
  longestUpdateEvents: number;
  /** To SageMaker, its runtime and Application Auto Scaling; of rollouts of about 300 s. */
  apiCallsPerRollout: number;
  largestBundleKiB: number;
  /** Beyond the SDK clients and commands in it. */
  largestOverSdkKiB: number;
}

/** What each is to be at most; the others have no goal. */
export const GOALS: Partial<Record<keyof Bars, number>> = {
  lagVsCore300: 0.5,
  lagVsWaiter300: 0.1,
  lagVsToday3600: 0.05,
  transitionsPerRollout: 60,
  transitionsWithoutEvents: 120,
  longestUpdateEvents: 2_500,
};

/** From the first round, which is the one in real time unless it was asked otherwise, and the one of an hour. */
export function bars(rounds: readonly Round[], virtual: VirtualFigures): Bars {
  const { transitionsWithoutEvents, longestUpdateEvents } = virtual;
  return {
    ...lagBars(bandOf(rounds, '300')),
    lagVsToday3600: lagVsToday(bandOf(rounds, '3600')),
    ...{ transitionsWithoutEvents, longestUpdateEvents },
    ...bundleBars(),
  };
}

function bandOf(rounds: readonly Round[], wanted: Band['name']): BandFigures {
  const band = rounds.flatMap(({ bands }) => bands).find(({ name }) => name === wanted);
  if (!band) throw new Error(`There is no round with endpoints of about ${wanted} s.`);
  return band;
}

type LagBars = Pick<
  Bars,
  'lagVsCore300' | 'lagVsWaiter300' | 'lagVsSdk300' | 'transitionsPerRollout' | 'apiCallsPerRollout'
>;

export function lagBars({ deployer, waiters, apiCalls }: BandFigures): LagBars {
  const of = (lags: readonly { seconds: number }[] = []) => statistics(lags.map(({ seconds }) => seconds));
  const ours = of(deployer);
  return {
    lagVsCore300: rounded(ours.median / of(waiters.coreEndpoint).median),
    lagVsWaiter300: rounded(ours.median / of(waiters.boto3Waiter).median),
    lagVsSdk300: rounded(ours.mean / of(waiters.sdkSession).mean),
    transitionsPerRollout: statistics(deployer.map(({ transitions }) => transitions)).mean,
    apiCallsPerRollout: rounded(Object.values(apiCalls).reduce((sum, calls) => sum + calls, 0)),
  };
}

export function lagVsToday({ deployer, draws }: Pick<BandFigures, 'deployer' | 'draws'>): number {
  const ours = statistics(deployer.map(({ seconds }) => seconds));
  return rounded(ours.median / statistics(draws.map(earlierLag)).median);
}

function bundleBars() {
  const directory = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    const bundles = buildBundles(join(directory, 'bundles'));
    return largestBundles(bundleFigures(bundles, join(directory, 'sdk')));
  } finally {
    rmSync(directory, { recursive: true });
  }
}
