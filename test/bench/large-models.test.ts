// The arithmetic of the benchmark of large models: from microseconds a row to ratios, bars and tables.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import {
  bars,
  type CellResult,
  compare,
  GOALS,
  type HttpResult,
  isReached,
  type Loaded,
  ratio,
} from '../../bench/large-models/bars.ts';
import { difference } from '../../bench/large-models/measure.ts';
import { isSame } from '../../bench/large-models/over-http.ts';
import type { ModelName, RowCount } from '../../bench/large-models/plan.ts';
import { type Result, resultTables } from '../../bench/large-models/result-tables.ts';
import { between } from '../../bench/serving/write-docs.ts';

const cell = (
  contestant: string,
  rounds: number[],
  model: ModelName = 'xgboost',
  rows: RowCount = 1000,
): CellResult => ({
  ...{ features: 100, model, rows, contestant, rounds },
});

const load = (contestant: string, difference: number, changes: Partial<Loaded> = {}): Loaded => ({
  ...{ features: 100, model: 'xgboost', contestant, difference, seconds: [2], fileBytes: 100 },
  ...changes,
});

const CELLS = [
  cell('ours', [10, 10, 10]),
  cell('today', [60, 60, 60]),
  cell('library', [30, 30, 30]),
  cell('treelite', [25, 25, 25]),
  cell('onnxruntime', [5, 5, 5]),
];
const LOADED = [
  load('ours', 0, { seconds: [3, 1, 2], bytes: 90 }),
  load('today', 0, { seconds: [2, 2, 2] }),
  load('library', 0),
  load('treelite', 1e-6),
  load('onnxruntime', 0.1),
];

describe('a cell', () => {
  test('is compared with the fastest whose answers are exact, and with the fastest of all', () => {
    expect(compare(CELLS, LOADED)).toEqual([
      {
        ...{ model: 'xgboost', rows: 1000, features: 100, vsToday: 6, wasSlower: true },
        ...{ exactPeer: 'library', vsExact: 3, fastestPeer: 'onnxruntime', vsFastest: 0.5 },
      },
    ]);
  });

  test('takes ratios within the rounds: a busy neighbour slows both down', () => {
    expect(ratio(cell('library', [20, 200, 20]), cell('ours', [10, 100, 10]))).toBe(2);
  });

  test('whose answers were not compared has no exact peer', () => {
    expect(compare(CELLS, [])[0]).toMatchObject({ exactPeer: null, vsExact: null, wasSlower: false });
  });
});

describe('bars', () => {
  const http = (format: HttpResult['format'], server: HttpResult['server'], rounds: number[]): HttpResult => ({
    ...{ model: 'xgboost', format, server, rounds },
  });

  test('are the least of the cells, most of loads and memory', () => {
    const overHttp = [http('npy', 'ours', [5]), http('npy', 'today', [20])];
    expect(bars(CELLS, LOADED, overHttp)).toEqual({
      ...{ batchVsExact: 3, batchVsToday: 6, histBatchVsToday: null, oneRowVsFastest: null, batchVsFastest: 0.5 },
      ...{ npyVsToday: 4, jsonVsToday: null, csvVsToday: null, loadVsToday: 1, memoryVsFile: 0.9 },
    });
  });

  test('count the former evaluator only where it was slower than the exact peer, and histogram boosting apart', () => {
    const cells = [
      ...CELLS,
      ...[
        cell('ours', [10], 'xgboost', 100),
        cell('today', [12], 'xgboost', 100),
        cell('library', [40], 'xgboost', 100),
      ],
      ...[cell('ours', [10], 'histogram-boosting'), cell('today', [16], 'histogram-boosting')],
    ];
    expect(bars(cells, LOADED, [])).toMatchObject({ batchVsToday: 6, histBatchVsToday: 1.6 });
  });

  test('take one row apart from batches', () => {
    const cells = [...CELLS, cell('ours', [10], 'xgboost', 1), cell('treelite', [13], 'xgboost', 1)];
    expect(bars(cells, LOADED, [])).toMatchObject({ oneRowVsFastest: 1.3, batchVsExact: 3 });
  });

  test.each(Object.keys(GOALS) as (keyof typeof GOALS)[])('no data never reaches %s', (name) => {
    expect(isReached(name, null)).toBeNull();
  });

  test('are reached from their goal on, to the side that is good', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('batchVsToday', 'loadVsToday'),
        fc.double({ min: 0, max: 10, noNaN: true }),
        (name, value) => {
          const { goal, isMost } = GOALS[name as keyof typeof GOALS];
          expect(isReached(name as keyof typeof GOALS, value)).toBe(isMost ? value <= goal! : value >= goal!);
        },
      ),
    );
  });
});

describe('answers in numpy files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'npy-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (name: string, numbers: number[]) => {
    const header = Buffer.from(`{'descr': '<f8', 'fortran_order': False, 'shape': (${numbers.length},), }\n`);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(header.length);
    const file = join(folder, name);
    const content = Buffer.from(new Float64Array(numbers).buffer);
    writeFileSync(file, Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, header, content]));
    return file;
  };

  test.each([
    [[1, 2], [1, 2.5], 0.5],
    [[1, Number.NaN], [1, 2], Number.POSITIVE_INFINITY],
    [[1], [1, 2], Number.POSITIVE_INFINITY],
    [[0.1], [0.1], 0],
  ])('%j and %j differ by %d', (one, two, expected) => {
    expect(difference(write('one.npy', one), write('two.npy', two))).toBe(expected);
  });
});

test.each([
  [{ a: [0.1, 'x'] }, { a: [0.1 + 1e-13, 'x'] }, true],
  [{ a: 0.1 }, { a: 0.1001 }, false],
  [{ a: null }, { a: 0 }, false],
  [{ a: 1, b: 2 }, { b: 2, a: 1 }, false],
  [[1], [1, 2], false],
])('of answers, %j and %j are the same: %s', (one, other, expected) => {
  expect(isSame(one, other)).toBe(expected);
});

test('the tables name what decided, what is not exact, and what is absent', () => {
  const result: Result = {
    ...{ date: '2026-12-01T00:00:00Z', rounds: 5, versions: { node: '24' }, overHttp: [] },
    machine: { processor: 'P', cores: 2, memoryGiB: 24, platform: 'linux x64' },
    ...{ bars: bars(CELLS, LOADED, []), cells: CELLS, loaded: LOADED, wasSlower: ['xgboost x 1,000 (library)'] },
    absent: [{ peer: 'daal4py', reason: 'xgboost: ValueError' }],
  };
  const text = resultTables(result);
  expect(text).toContain('| xgboost | 1,000 | 10.0 | 60.0 | 30.0 | 25.0 ≈ | 5.00 ≈ |');
  expect(text).toContain('| xgboost | 1,000 | its own library | 3.00 | ONNX Runtime, float32 | 0.50 | 6.00 |');
  expect(text).toContain('daal4py is absent: xgboost: ValueError');
  const page =
    'a\n<!-- Written by `npm run bench -- large-models`: begin -->\nold\n<!-- Written by `npm run bench -- large-models`: end -->\n';
  expect(between(page, text, 'large-models')).toContain(text);
});
