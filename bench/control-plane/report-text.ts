// The benchmark's result as text, with what the figures mean.
import { type Bars, GOALS } from './bars.ts';
import { earlierLag } from './earlier-polling.ts';
import type { Load } from './machine.ts';
import type { VirtualFigures } from './on-virtual-time.ts';
import type { BandFigures } from './run-band.ts';
import type { Round } from './run-round.ts';
import { type Statistics, statistics } from './statistics.ts';
import { WAITERS, type WaiterName } from './waiters.ts';

export interface Result {
  date: string;
  parameters: { rounds: number; draws: number; seed: number; scale: number };
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  versions: Record<string, string>;
  bars: Bars;
  virtual: VirtualFigures;
  rounds: Round[];
}

export function reportText({ date, parameters, machine, versions, bars, virtual, rounds }: Result): string {
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
    'Lag by the delay of every event, about 300 s, on virtual time; seconds',
    row('', '', 'mean', 'median', 'p99', 'largest', ''),
    ...virtual.lagByDelay.map(({ delaySeconds, ...of }) => statisticsRow(`events after ${delaySeconds} s`, '', of)),
    '',
    'Bars, of the first round and of the hour; those of transitions without events and of the longest update on virtual time:',
    ...Object.entries(bars).map(
      ([name, value]) => `  ${name.padEnd(26)}${value}${goalText(name as keyof Bars, value)}`,
    ),
  ].join('\n');
}

function goalText(name: keyof Bars, value: number): string {
  const goal = GOALS[name];
  return goal === undefined ? '' : `  (at most ${goal}: ${value <= goal ? 'reached' : 'missed'})`;
}

function roundText({ scale, bands }: Round, index: number): string[] {
  const time =
    scale === 1
      ? 'in real time'
      : `every sleep scaled by ${scale}; lag = the part slept / ${scale} + the part that the last look took. The deployer's own waits see the scaled time: they stay at their shortest, 60 s`;
  return ['', `Round ${index + 1}, ${time}`, ...bands.flatMap(bandText)];
}

function bandText({ name, draws, deployer, waiters, apiCalls, load }: BandFigures): string[] {
  const calls = Object.entries(apiCalls).map(([service, count]) => `${service} ${count.toFixed(1)}`);
  const one = (key: 'transitions' | 'polls') => statistics(deployer.map((rollout) => rollout[key])).mean.toFixed(1);
  return [
    '',
    `Provisioning about ${name} s, n = ${draws.length}; seconds from InService`,
    row('', 'polls every', 'mean', 'median', 'p99', 'largest', 'of it the last look'),
    lagRow('this deployer: the end of CheckEndpoint', 'events', deployer),
    ...(Object.keys(waiters) as WaiterName[]).map((key) =>
      lagRow(WAITERS[key].title, `${WAITERS[key].pollSeconds}`, waiters[key]!),
    ),
    figuresRow('this deployer before events, reckoned', 'max(5, 2 %)', draws.map(earlierLag)),
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
  return statisticsRow(title, poll, statistics(sample), overhead);
}

function statisticsRow(title: string, poll: string, { mean, median, p99, largest }: Statistics, overhead?: number) {
  const figures = [mean, median, p99, largest, overhead].map((value) => value?.toFixed(2) ?? '');
  return row(title, poll, ...(figures as [string, string, string, string, string]));
}

const row = (title: string, ...columns: [string, string, string, string, string, string]) =>
  `  ${title.padEnd(42)}${columns.map((column, at) => column.padStart([11, 8, 8, 8, 8, 21][at]!)).join('')}`;

const loadText = ({ cpuShare, loadAverage, eventLoopDelayP99Milliseconds }: Load) =>
  `Load meanwhile: ${Math.round(cpuShare * 100)} % of all cores, load average ${loadAverage}; calls were taken up to ${eventLoopDelayP99Milliseconds} ms late (p99).`;
