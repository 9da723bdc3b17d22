// The benchmark's figures as Markdown: the bars, the forest against everybody, the other models, two workers.
import { barsTable } from '../goals.ts';
import { table } from '../markdown-table.ts';
import { type Bars, type CellResult, failedShare, GOALS, median } from './bars.ts';
import { PEERS } from './peers.ts';
import { MODELS } from './plan.ts';
import type { PhaseResult } from './run-phase.ts';

export interface Result extends PhaseResult {
  date: string;
  rounds: number;
  secondsOfOneRun: number;
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  versions: Record<string, string>;
  bars: Bars;
}

export function resultTables(result: Result): string {
  const { processor, cores, memoryGiB, platform } = result.machine;
  const forest = result.results.filter(({ model }) => model === 'forest');
  return [
    `${result.date.slice(0, 10)}, ${result.rounds} rounds of ${result.secondsOfOneRun} s and more; ${cores} cores (${processor}), ${memoryGiB} GiB, ${platform}; ${Object.entries(
      result.versions,
    )
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    barsTable(GOALS, result.bars),
    'Forest of 100 trees on iris, one row a request, one worker process each; right answers a second, medians:',
    forestTable(result, forest),
    ...absentLines(result),
    'Two worker processes each, 32 connections:',
    workersTable(result, forest),
    'The other models, and 100 rows a request; right answers a second:',
    modelsTable(result.results),
    ...fraudTable(result),
    'Commands:',
    result.servers
      .filter(({ workers }) => workers === 1)
      .filter(({ peer }, at, all) => all.findIndex((other) => other.peer === peer) === at)
      .map(({ peer, command }) => `- ${titleOf(peer)}: \`${command}\``)
      .join('\n'),
  ].join('\n\n');
}

function forestTable({ servers }: Result, cells: readonly CellResult[]): string {
  const rows = PEERS.flatMap(({ name, title }) => {
    const own = cells.filter((cell) => cell.peer === name && cell.workers === 1 && cell.rows === 1);
    if (own.length === 0) return [];
    const server = servers.find(({ peer, model, workers }) => peer === name && model === 'forest' && workers === 1);
    const at = (connections: number) => rateText(own.find((cell) => cell.connections === connections));
    const most = own.find(({ connections }) => connections === 32);
    return [
      [
        title,
        ...[1, 8, 32].map(at),
        most ? `${round(median(most.rounds.map(({ p99Ms }) => p99Ms)))}` : '',
        server ? round(server.readySeconds) : '',
        server ? `${Math.round(server.workerMegabytes)}` : '',
      ],
    ];
  });
  return table(['', '1 connection', '8', '32', 'p99 at 32, ms', 'first answer after, s', 'largest process, MB'], rows);
}

function workersTable({ results }: Result, cells: readonly CellResult[]): string {
  const two = cells.filter(({ workers }) => workers === 2);
  const own = two.find(({ kind }) => kind === 'ours');
  const rows = two.map((cell) => [
    titleOf(cell.peer),
    rateText(
      results.find(
        ({ peer, model, rows, connections, workers }) =>
          peer === cell.peer && model === 'forest' && rows === 1 && connections === 32 && workers === 1,
      ),
    ),
    rateText(cell),
    own && cell !== own ? `${times(own, cell)}` : '',
  ]);
  return table(['', '1 worker', '2 workers', 'ours is faster by'], rows);
}

function fraudTable({ results, servers }: Result): string[] {
  const cells = results.filter(({ model, rows, workers }) => model === 'fraud' && rows === 1 && workers === 1);
  if (cells.length === 0) return [];
  const peers = [...new Set(cells.map(({ peer }) => peer))];
  const rows = peers.map((peer) => {
    const own = cells.filter((cell) => cell.peer === peer);
    const server = servers.find((one) => one.peer === peer && one.model === 'fraud');
    return [
      titleOf(peer),
      ...[1, 8, 32].map((connections) => rateText(own.find((cell) => cell.connections === connections))),
      server ? `${Math.round(server.workerMegabytes)}` : '',
    ];
  });
  return [
    'A pipeline that takes a DataFrame (texts and numbers, some missing; imputers, one-hot encoder, scaler, histogram boosting), one row a request by the names of its columns:',
    table(['', '1 connection', '8', '32', 'largest process, MB'], rows),
  ];
}

function modelsTable(results: readonly CellResult[]): string {
  const rows = MODELS.filter((model) => model !== 'fraud').flatMap((model) =>
    ([1, 100] as const).flatMap((count) =>
      PEERS.filter(({ kind }) => ['ours', 'recipe', 'floor'].includes(kind)).flatMap(({ name, title }) => {
        const own = results.filter(
          (cell) => cell.peer === name && cell.model === model && cell.rows === count && cell.workers === 1,
        );
        if (own.length === 0) return [];
        return [
          [
            model,
            `${count}`,
            title,
            ...[1, 8, 32].map((connections) => rateText(own.find((cell) => cell.connections === connections))),
          ],
        ];
      }),
    ),
  );
  return table(['model', 'rows', '', '1 connection', '8', '32'], rows);
}

function absentLines({ absent }: Result): string[] {
  if (absent.length === 0) return [];
  return [absent.map(({ peer, reason }) => `- ${titleOf(peer)} is absent: ${reason}`).join('\n')];
}

/** The median, and how much failed, where anything did. */
export function rateText(cell: CellResult | undefined): string {
  if (!cell || cell.rounds.length === 0) return '';
  const failed = failedShare(cell);
  const rate = median(cell.rounds.map((one) => one.rate));
  return failed === 0 ? round(rate) : `${round(rate)} (${(100 * failed).toFixed(1)} % failed)`;
}

function times(own: CellResult, other: CellResult): string {
  const ratios = own.rounds.flatMap(({ rate }, at) => (other.rounds[at]?.rate ? [rate / other.rounds[at].rate] : []));
  return ratios.length === 0 ? '' : round(median(ratios));
}

const titleOf = (name: string) => PEERS.find((peer) => peer.name === name)?.title ?? name;

export const round = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
