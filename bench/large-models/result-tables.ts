// The benchmark's figures as Markdown: the bars, microseconds a row by model, what decided each batch, loads, HTTP.
import { barsTable } from '../goals.ts';
import { table } from '../markdown-table.ts';
import { median } from '../serving/bars.ts';
import { round } from '../serving/result-tables.ts';
import { type Bars, type CellResult, compare, GOALS, type HttpResult, type Loaded } from './bars.ts';
import { CONTESTANTS, HTTP_FORMATS, MODELS, ROW_COUNTS } from './plan.ts';

export interface Result {
  date: string;
  rounds: number;
  machine: { processor: string; cores: number; memoryGiB: number; platform: string };
  versions: Record<string, string>;
  bars: Bars;
  /** The batches in which the former evaluator was slower than the fastest exact peer. */
  wasSlower: string[];
  cells: CellResult[];
  loaded: Loaded[];
  overHttp: HttpResult[];
  absent: { peer: string; reason: string }[];
}

export function resultTables(result: Result): string {
  const { processor, cores, memoryGiB, platform } = result.machine;
  const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
  const widths = [...new Set(result.cells.map(({ features }) => features))];
  return [
    `${result.date.slice(0, 10)}, ${result.rounds} rounds; one of ${cores} cores (${processor}), ${memoryGiB} GiB, ${platform}; ${versions.join(', ')}.`,
    barsTable(GOALS, result.bars),
    result.wasSlower.length === 0
      ? 'In no batch was the former evaluator slower than the fastest exact peer.'
      : `The former evaluator was slower than the fastest exact peer in ${result.wasSlower.join(', ')}.`,
    ...widths.flatMap((features) => [
      `Microseconds a row, one thread, ${features} features, medians:`,
      timesTable(result, features),
      'What decided each cell, and how many times as long the others take:',
      comparedTable(result, features),
      'Loading, and what the arrays take:',
      loadsTable(result, features),
    ]),
    ...httpTables(result),
    ...(result.absent.length === 0
      ? []
      : [result.absent.map(({ peer, reason }) => `- ${titleOf(peer)} is absent: ${reason.split('\n')[0]}`).join('\n')]),
  ].join('\n\n');
}

function timesTable({ cells, loaded }: Result, features: number): string {
  const own = cells.filter((cell) => cell.features === features);
  const present = CONTESTANTS.filter(({ name }) => own.some(({ contestant }) => contestant === name));
  const rows = MODELS.flatMap((model) =>
    ROW_COUNTS.filter((count) => own.some((cell) => cell.model === model && cell.rows === count)).map((count) => [
      model,
      count.toLocaleString('en-US'),
      ...present.map(({ name }) => {
        const cell = own.find((one) => one.model === model && one.rows === count && one.contestant === name);
        const found = loaded.find(
          (one) => one.model === model && one.contestant === name && one.features === features,
        )?.difference;
        return cell ? `${round(median(cell.rounds))}${found !== undefined && found > 1e-12 ? ' ≈' : ''}` : '';
      }),
    ]),
  );
  return `${table(['model', 'rows', ...present.map(({ title }) => title)], rows)}\n\n≈: its answers differ from the library's own by more than 1e-12.`;
}

function comparedTable({ cells, loaded }: Result, features: number): string {
  const rows = compare(cells, loaded)
    .filter((one) => one.features === features)
    .map((one) => [
      one.model,
      one.rows.toLocaleString('en-US'),
      one.exactPeer === null ? '' : titleOf(one.exactPeer),
      one.vsExact === null ? '' : round(one.vsExact),
      one.fastestPeer === null ? '' : titleOf(one.fastestPeer),
      one.vsFastest === null ? '' : round(one.vsFastest),
      one.vsToday === null ? '' : round(one.vsToday),
    ]);
  return table(
    ['model', 'rows', 'fastest exact peer', 'times', 'fastest of all', 'times', 'former evaluator, times'],
    rows,
  );
}

function loadsTable({ loaded }: Result, features: number): string {
  const own = loaded.filter((one) => one.features === features);
  const rows = MODELS.flatMap((model) => {
    const of = (name: string) => own.find((one) => one.model === model && one.contestant === name);
    const [ours, today, compiled] = [
      of('ours'),
      of('today'),
      own.find((one) => one.model === model && one.compileSeconds),
    ];
    if (!ours) return [];
    return [
      [
        model,
        round(median(ours.seconds)),
        today ? round(median(today.seconds)) : '',
        megabytes(ours.fileBytes),
        ours.bytes === undefined ? '' : megabytes(ours.bytes),
        today?.bytes === undefined ? '' : megabytes(today.bytes),
        compiled ? `${titleOf(compiled.contestant)}: ${round(compiled.compileSeconds!)}` : '',
      ],
    ];
  });
  return table(
    ['model', 'load, s', 'former, s', 'arrays in the file, MB', 'arrays held, MB', 'former, MB', 'compiled in, s'],
    rows,
  );
}

function httpTables({ overHttp }: Result): string[] {
  if (overHttp.length === 0) return [];
  const models = [...new Set(overHttp.map(({ model }) => model))];
  const rows = models.flatMap((model) =>
    HTTP_FORMATS.flatMap((format) => {
      const of = (server: string) =>
        overHttp.find((one) => one.model === model && one.format === format && one.server === server);
      const [ours, today] = [of('ours'), of('today')];
      if (!ours || !today) return [];
      const [own, former] = [median(ours.rounds), median(today.rounds)];
      return [[model, format, round(own), round(former), round(former / own)]];
    }),
  );
  return [
    'Over HTTP, 1,000 rows of 100 numbers a request, answered as JSON with all inputs; milliseconds:',
    table(['model', 'body', 'this server', 'former server', 'times'], rows),
  ];
}

const megabytes = (bytes: number) => round(bytes / 1e6);
const titleOf = (name: string) => CONTESTANTS.find((one) => one.name === name)?.title ?? name;
