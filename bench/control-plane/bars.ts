// The few figures by which the control plane is judged.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFigures, largestBundles } from '../../infra/bundle-figures.ts';
import { buildBundles } from '../../infra/bundles.ts';
import type { BandFigures } from './run-band.ts';
import type { Round } from './run-round.ts';
import { rounded, statistics } from './statistics.ts';

export interface Bars {
  /** Mean lag of the deployer over that of boto3's waiter, endpoints of about 300 s. */
  lagVsWaiter300: number;
  /** The same, over that of the SageMaker Python SDK's session. */
  lagVsSdk300: number;
  /** Of rollouts of about 300 s. */
  transitionsPerRollout: number;
  /** To SageMaker, its runtime and Application Auto Scaling; of rollouts of about 300 s. */
  apiCallsPerRollout: number;
  largestBundleKiB: number;
  /** Beyond the SDK clients and commands in it. */
  largestOverSdkKiB: number;
}

/** From the first round, which is the one in real time unless it was asked otherwise. */
export function bars([round]: readonly Round[]): Bars {
  const band = round?.bands.find(({ name }) => name === '300');
  if (!band) throw new Error('There is no round with endpoints of about 300 s.');
  return { ...lagBars(band), ...bundleBars() };
}

export function lagBars({
  deployer,
  waiters,
  apiCalls,
}: BandFigures): Omit<Bars, 'largestBundleKiB' | 'largestOverSdkKiB'> {
  const mean = (lags: readonly { seconds: number }[]) => statistics(lags.map(({ seconds }) => seconds)).mean;
  return {
    lagVsWaiter300: rounded(mean(deployer) / mean(waiters.boto3Waiter)),
    lagVsSdk300: rounded(mean(deployer) / mean(waiters.sdkSession)),
    transitionsPerRollout: statistics(deployer.map(({ transitions }) => transitions)).mean,
    apiCallsPerRollout: rounded(Object.values(apiCalls).reduce((sum, calls) => sum + calls, 0)),
  };
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
