// The benchmark's result as text, with what the figures mean.
import type { Bars } from './bars.ts';
import type { Load } from './machine.ts';
import type { BandFigures } from './run-band.ts';
import type { Round } from './run-round.ts';
import { statistics } from './statistics.ts';
import { WAITERS, type WaiterName } from './waiters.ts';

export interface Result {
  date: string;
  parameters: { rounds: number; draws: number; seed: number; scale: number };
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  versions: Record<string, string>;
  bars: Bars;
  rounds: Round[];
}

export function reportText({ date, parameters, machine, versions, bars, rounds }: Result): string {
  const { processor, cores, memoryGiB, platform } = machine;
  return [
    `Control plane, ${date}: seed ${parameters.seed}, ${parameters.draws} draws in each band and round.`,
    `${cores} cores (${processor}), ${memoryGiB} GiB, ${platform}.`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    'The SageMaker Python SDK 3.27 has its session, and with it this wait, from that sagemaker-core.',
    ...rounds.flatMap(roundText),
    '',
    `Bars, from round 1, about 300 s (the goal: lagVsWaiter300 at most 1/3, ${bars.lagVsWaiter300 <= 1 / 3 ? 'reached' : 'missed'}):`,
    ...Object.entries(bars).map(([name, value]) => `  ${name.padEnd(24)}${value}`),
  ].join('\n');
}

function roundText({ scale, bands }: Round, index: number): string[] {
  const time =
    scale === 1
      ? 'in real time'
      : `every sleep scaled by ${scale}; lag = the part slept / ${scale} + the part that the last look took. The interval of the deployer's polls sees the scaled time: it stays at its shortest, 5 s`;
  return ['', `Round ${index + 1}, ${time}`, ...bands.flatMap(bandText)];
}

function bandText({ name, draws, deployer, waiters, apiCalls, load }: BandFigures): string[] {
  const calls = Object.entries(apiCalls).map(([service, count]) => `${service} ${count.toFixed(1)}`);
  const one = (key: 'transitions' | 'polls') => statistics(deployer.map((rollout) => rollout[key])).mean.toFixed(1);
  return [
    '',
    `Provisioning about ${name} s, n = ${draws.length}; seconds from InService`,
    row('', 'polls every', 'mean', 'median', 'largest', 'of it the last look'),
    lagRow('this deployer: the end of CheckEndpoint', 'max(5, 2 %)', deployer),
    ...(Object.keys(WAITERS) as WaiterName[]).map((key) =>
      lagRow(WAITERS[key].title, `${WAITERS[key].pollSeconds}`, waiters[key]),
    ),
    figuresRow(
      'this deployer: to the outcome',
      '',
      deployer.map((rollout) => rollout.toOutcomeSeconds),
    ),
    `Per rollout: ${one('transitions')} state transitions, ${one('polls')} polls; calls: ${calls.join(', ')}.`,
    loadText(load),
  ];
}

const lagRow = (title: string, poll: string, lags: readonly { seconds: number; overheadSeconds: number }[]) =>
  figuresRow(
    title,
    poll,
    lags.map(({ seconds }) => seconds),
    statistics(lags.map(({ overheadSeconds }) => overheadSeconds)).mean,
  );

function figuresRow(title: string, poll: string, sample: readonly number[], overhead?: number): string {
  const { mean, median, largest } = statistics(sample);
  const figures = [mean, median, largest, overhead].map((value) => value?.toFixed(2) ?? '');
  return row(title, poll, figures[0]!, figures[1]!, figures[2]!, figures[3]!);
}

const row = (title: string, ...columns: [string, string, string, string, string]) =>
  `  ${title.padEnd(42)}${columns.map((column, at) => column.padStart([11, 8, 8, 8, 21][at]!)).join('')}`;

const loadText = ({ cpuShare, loadAverage, eventLoopDelayP99Milliseconds }: Load) =>
  `Load meanwhile: ${Math.round(cpuShare * 100)} % of all cores, load average ${loadAverage}; calls were taken up to ${eventLoopDelayP99Milliseconds} ms late (p99).`;
