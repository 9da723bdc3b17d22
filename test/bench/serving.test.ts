// The arithmetic of the serving benchmark: from what wrk counted to ratios, bars, tables and the chart.
import * as fc from 'fast-check';
import {
  bars,
  type CellResult,
  failedShare,
  isReached,
  median,
  NO_OTHERS,
  ratio,
  steady,
} from '../../bench/serving/bars.ts';
import { chart } from '../../bench/serving/chart.ts';
import { PEERS } from '../../bench/serving/peers.ts';
import { MODELS, plan, plannedSeconds, roundOrder } from '../../bench/serving/plan.ts';
import { findDifference, PROTOCOLS } from '../../bench/serving/protocols.ts';
import { type Result, rateText, resultTables } from '../../bench/serving/result-tables.ts';
import { luaCase, requests } from '../../bench/serving/verified-case.ts';
import { between, rawFigures } from '../../bench/serving/write-docs.ts';
import { readMeasured } from '../../bench/serving/wrk.ts';

/** Rates in the order of the rounds; `failed` of 1,000 answers. */
function cell(
  peer: string,
  connections: number,
  rates: number[],
  failed = 0,
  changes: Partial<CellResult> = {},
): CellResult {
  const { kind } = PEERS.find(({ name }) => name === peer)!;
  const rounds = rates.map((rate) => ({ completed: 1000, failed, rate, p50Ms: 1, p99Ms: rate / 1000 }));
  return { peer, kind, model: 'forest', workers: 1, rows: 1, seconds: 1, connections, rounds, ...changes };
}

describe('what wrk counted', () => {
  test('is read from its report; only right answers count', () => {
    const report = 'Running 1s test\n  1 threads\nMEASURED 5000 1000 2000000 250 9000\n';
    expect(readMeasured(report)).toEqual({ completed: 5000, failed: 1000, rate: 2000, p50Ms: 0.25, p99Ms: 9 });
  });

  test('without a report is no figure', () => {
    expect(() => readMeasured('unable to connect')).toThrow('unable to connect');
  });

  test('more timeouts than answers is no negative rate', () => {
    expect(readMeasured('MEASURED 3 32 1000000 0 0').rate).toBe(0);
  });
});

describe('bars', () => {
  const cells = [
    cell('ours', 1, [1000, 900, 800]),
    cell('ours', 32, [5000, 4000, 9000]),
    cell('nginx', 1, [2000, 1000, 1000]),
    cell('nginx', 32, [10000, 10000, 10000]),
    cell('recipe', 1, [10, 10, 10]),
    cell('recipe', 32, [5, 5, 5], 20),
    cell('recipe', 8, [20, 20, 20], 10),
    cell('fastapi', 32, [50, 50, 50]),
    cell('kserve', 32, [100, 100, 100]),
    cell('litserve-batched', 32, [500, 250, 1000]),
    cell('fallback', 32, [600, 600, 600]),
  ];

  test('are medians of the ratios within the rounds', () => {
    const found = bars(cells, NO_OTHERS);
    expect(found.nginx1).toBe(0.8);
    expect(found.nginx32).toBe(0.5);
    expect(found.batched32).toBe(10);
    expect(found.recipeP99Ms32).toBe(5);
  });

  test('take a baseline that fails at the most connections at which it does not', () => {
    expect(steady(cells, 'recipe', 32)?.connections).toBe(8);
    expect(bars(cells, NO_OTHERS).recipe32).toBe(250);
  });

  test('take the smallest of the frameworks, and the fastest without batching for the fallback', () => {
    const found = bars(cells, NO_OTHERS);
    expect(found.frameworks32).toBe(50);
    expect(found.fallback32).toBe(6);
  });

  test('are null where somebody was absent, or always failed', () => {
    const found = bars([...cells, cell('gunicorn', 32, [1, 1, 1], 900)], NO_OTHERS);
    expect(found.gunicorn1).toBeNull();
    expect(found.gunicorn32).toBeNull();
    expect(found.shapUs).toBeNull();
    expect(Object.values(bars([], NO_OTHERS)).every((value) => value === null)).toBe(true);
  });

  test('look at one worker, one row and the forest only', () => {
    const others = [{ workers: 2 }, { rows: 100 as const }, { model: 'gradient-boosting' as const }].map((changes) =>
      cell('nginx', 1, [1, 1, 1], 0, changes),
    );
    expect(bars([...others, ...cells], NO_OTHERS)).toEqual(bars(cells, NO_OTHERS));
  });

  test('of a pipeline that takes a DataFrame are ratios to one peer each, and only of its cells', () => {
    const fraud = { model: 'fraud' as const };
    const own = [
      cell('ours', 32, [4000, 6000, 5000], 0, fraud),
      cell('fastapi-frame', 32, [50, 50, 50], 0, fraud),
      cell('mlserver-frame', 32, [9000, 9000, 9000], 900, fraud),
      cell('mlserver-frame', 1, [20, 20, 20], 0, fraud),
      cell('fastapi-frame', 1, [1, 1, 1], 0, { ...fraud, rows: 100 }),
    ];
    const found = bars([...cells, ...own], { ...NO_OTHERS, mixedWorkerMegabytes: 43 });
    expect(found).toEqual({
      ...bars(cells, NO_OTHERS),
      ...{ mixedFastapi32: 100, mixedMlserver32: 250, mixedWorkerMegabytes: 43 },
    });
    expect(bars(cells, NO_OTHERS).mixedFastapi32).toBeNull();
    expect(isReached('mixedFastapi32', 29.9)).toBe(false);
    expect(isReached('mixedMlserver32', 20)).toBe(true);
    expect(isReached('mixedWorkerMegabytes', 60.1)).toBe(false);
  });

  test('are reached from below or from above', () => {
    expect(isReached('nginx1', 0.55)).toBe(true);
    expect(isReached('nginx1', 0.54)).toBe(false);
    expect(isReached('evaluatorUs', 5)).toBe(true);
    expect(isReached('evaluatorUs', 5.1)).toBe(false);
    expect(isReached('shapUs', null)).toBeNull();
  });

  test('a ratio needs rounds of both', () => {
    expect(ratio(cell('ours', 1, [10, 20]), cell('recipe', 1, [0, 10]))).toBe(2);
    expect(ratio(cell('ours', 1, [10]), cell('recipe', 1, []))).toBeNull();
  });

  test('timeouts count as failures, though wrk does not count them as answers', () => {
    const late = { completed: 10, failed: 32, rate: 0, p50Ms: 0, p99Ms: 0 };
    expect(failedShare({ ...cell('recipe', 32, []), rounds: [late] })).toBe(1);
  });

  test('a median lies in the middle', () => {
    expect(() => median([])).toThrow('nothing');
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (sample) => {
        const middle = median(sample);
        expect(sample.filter((value) => value <= middle).length * 2).toBeGreaterThanOrEqual(sample.length);
        expect(sample.filter((value) => value >= middle).length * 2).toBeGreaterThanOrEqual(sample.length);
      }),
    );
  });
});

describe('the plan', () => {
  const all = { models: MODELS, peers: PEERS.map(({ name }) => name), seconds: 1 };

  test('measures everybody with the forest, ours, nginx and the recipe with 1, 8 and 32 connections and 100 rows', () => {
    const [forest] = plan(all);
    const everybody = PEERS.filter(({ kind }) => kind !== 'frame').map(({ name }) => name);
    expect(new Set(forest!.cells.map(({ peer }) => peer))).toEqual(new Set(everybody));
    for (const peer of ['ours', 'nginx', 'recipe']) {
      expect(forest!.cells.filter((one) => one.peer === peer)).toHaveLength(6);
    }
    for (const name of everybody) {
      expect(forest!.cells.some((one) => one.peer === name && one.connections === 32 && one.rows === 1)).toBe(true);
    }
  });

  test('measures ours and those that take a DataFrame with the pipeline for fraud', () => {
    const phase = plan(all).find(({ model }) => model === 'fraud')!;
    expect(new Set(phase.cells.map(({ peer }) => peer))).toEqual(new Set(['ours', 'fastapi-frame', 'mlserver-frame']));
    for (const { name } of phase.peers) {
      const own = phase.cells.filter((one) => one.peer === name);
      expect(own.map(({ connections }) => connections)).toEqual(name === 'ours' ? [1, 8, 32] : [32]);
      expect(own.every(({ rows }) => rows === 1)).toBe(true);
    }
  });

  test('fits into twenty minutes, with a few minutes for starting', () => {
    expect(plannedSeconds(plan(all), 5)).toBeLessThan(17.5 * 60);
  });

  test('has each model, and two workers', () => {
    const phases = plan(all);
    expect(phases.map(({ model, workers }) => `${model} ${workers}`)).toEqual([
      ...MODELS.map((model) => `${model} 1`),
      'forest 2',
    ]);
  });

  test('leaves out what was not asked for', () => {
    expect(plan({ ...all, models: ['logistic-regression'], peers: ['nginx'] })).toEqual([]);
  });

  test('each round begins elsewhere and leaves nobody out', () => {
    expect(roundOrder([1, 2, 3, 4, 5], 1)).not.toEqual([1, 2, 3, 4, 5]);
    expect(roundOrder([1, 2, 3, 4, 5], 3).sort()).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('answers', () => {
  const expected = {
    rows: [
      [5.1, 3.5, 1.4, 0.2],
      [6.7, 3.1, 4.4, 1.4],
    ],
    classes: [0, 2],
    probabilities: [
      [1, 0, 0],
      [0.25, 0.25, 0.5],
    ],
  };
  const recipe = (last: number) =>
    JSON.stringify({
      predictions: expected.classes.map((index, row) => ({
        predicted_class_index: index,
        probabilities: {
          setosa: expected.probabilities[row]![0],
          versicolor: expected.probabilities[row]![1],
          virginica: row === 1 ? last : 0,
        },
      })),
    });

  test('of every protocol are read to the same', () => {
    const texts: Record<keyof typeof PROTOCOLS, string> = {
      recipe: recipe(0.5),
      openInference: JSON.stringify({
        outputs: [
          { name: 'predict', shape: [2, 1], data: [0, 2] },
          { name: 'predict_proba', shape: [2, 3], data: expected.probabilities.flat() },
        ],
      }),
      dataFrame: JSON.stringify({
        outputs: [{ name: 'predict_proba', shape: [2, 3], data: expected.probabilities.flat() }],
      }),
      columns: JSON.stringify(expected.classes.map((index, row) => [index, ...expected.probabilities[row]!])),
      lists: JSON.stringify({ indexes: expected.classes, probabilities: expected.probabilities }),
      kserve: JSON.stringify({
        predictions: expected.classes.map((index, row) => ({ index, probabilities: expected.probabilities[row] })),
      }),
    };
    for (const [name, text] of Object.entries(texts)) {
      const answers = PROTOCOLS[name as keyof typeof PROTOCOLS].read(text);
      expect(findDifference(answers, expected)).toBeNull();
    }
  });

  test('to a DataFrame are asked for by column, gaps included', () => {
    const rows = [
      { amount: 5.5, country: 'PE' },
      { amount: null, country: null },
    ];
    expect(JSON.parse(PROTOCOLS.recipe.body(rows))).toEqual({ instances: rows });
    expect(JSON.parse(PROTOCOLS.dataFrame.body(rows))).toMatchObject({
      parameters: { content_type: 'pd' },
      inputs: [
        { name: 'amount', shape: [2, 1], datatype: 'FP64', data: [5.5, null] },
        { name: 'country', shape: [2, 1], datatype: 'BYTES', data: ['PE', null] },
      ],
    });
  });

  test('that differ are told', () => {
    const answers = PROTOCOLS.recipe.read(recipe(0.5));
    expect(findDifference(PROTOCOLS.recipe.read(recipe(0.5 + 1e-9)), expected)).toContain('row 1: probabilities');
    expect(findDifference({ ...answers, classes: [0, 1] }, expected)).toBe('row 1: class 1, not 2');
    expect(findDifference({ ...answers, classes: [0] }, expected)).toBe('1 rows instead of 2');
    expect(() => PROTOCOLS.recipe.read('{"error": "x"}')).toThrow();
  });

  test('are asked for with different rows, of the size that was asked for', () => {
    const many = {
      rows: Array.from({ length: 100 }, (_, row) => [row]),
      classes: Array.from({ length: 100 }, (_, row) => row),
      probabilities: [],
    };
    expect(new Set(requests(many, 1).map(({ classes }) => classes[0])).size).toBe(16);
    expect(requests(many, 100).every(({ rows }) => rows.length === 100)).toBe(true);
  });

  test('are handed to wrk as text that Lua reads back', () => {
    expect(luaCase('/x', ['{"a": 1}'], ['"\\\n'])).toBe(
      'return { path = "/x", bodies = {"{\\034a\\034: 1}"}, accepted = {"\\034\\092\\010"} }\n',
    );
  });
});

describe('what is written', () => {
  const results = [
    cell('ours', 1, [12345.6]),
    cell('ours', 32, [56789]),
    cell('recipe', 1, [31.26]),
    cell('recipe', 32, [17], 123),
    cell('ours', 32, [99999], 0, { workers: 2 }),
    cell('fastapi-frame', 32, [77.7], 0, { model: 'fraud' }),
  ];
  const result: Result = {
    ...{ date: '2026-01-02T03:04:05Z', rounds: 1, secondsOfOneRun: 1, versions: { flask: '3' } },
    machine: { processor: 'x', cores: 2, memoryGiB: 4, platform: 'linux x64' },
    bars: bars(results, NO_OTHERS),
    servers: [
      { peer: 'ours', model: 'forest', workers: 1, command: 'python -m it', readySeconds: 0.3, workerMegabytes: 43.2 },
    ],
    absent: [{ peer: 'kserve', reason: 'no wheels' }],
    results,
  };

  test('the tables name figures, failures, commands, and who is absent', () => {
    const text = resultTables(result);
    expect(text).toContain('| this server | 12,346 |  | 56,789 |');
    expect(text).toContain('17.0 (12.3 % failed)');
    expect(text).toContain('`python -m it`');
    expect(text).toContain('KServe is absent: no wheels');
    expect(text).toContain('| FastAPI with pandas |  |  | 77.7 |  |');
    expect(text).toContain('| `recipe1` | times the recipe, 1 connection | 395 | >= 90 | reached |');
    expect(rateText(undefined)).toBe('');
  });

  test('the page keeps what stands around the tables', () => {
    const [begin, end] = [
      '<!-- Written by `npm run bench -- serving`: begin -->',
      '<!-- Written by `npm run bench -- serving`: end -->',
    ];
    const page = `a\n${begin}\nold\n${end}\nb\n`;
    expect(between(page, 'new')).toBe(`a\n${begin}\n\nnew\n\n${end}\nb\n`);
    expect(() => between('a', 'new')).toThrow('no place');
  });

  test('the raw figures are JSON, a line for each cell', () => {
    const text = rawFigures(result);
    const read = JSON.parse(text) as Result;
    expect(read.bars).toEqual(result.bars);
    expect(read.results).toHaveLength(results.length);
    expect(
      text.split('\n').filter((line) => line.includes('"peer":"ours","model"') || line.includes('"rounds":[{')),
    ).toHaveLength(results.length);
  });

  test('the chart has a bar for each figure, longer where there is more, within the picture', () => {
    const text = chart(results);
    const bars = [...text.matchAll(/<rect x="290" y="(\d+)" width="([\d.]+)"/g)].map((found) => Number(found[2]));
    expect(bars).toHaveLength(4);
    const [ours1, ours32, recipe1, recipe32] = bars as [number, number, number, number];
    expect(ours32).toBeGreaterThan(ours1);
    expect(ours1).toBeGreaterThan(recipe1);
    expect(recipe1).toBeGreaterThan(recipe32);
    expect(290 + ours32).toBeLessThanOrEqual(860);
    expect(text.match(/<svg/g)).toHaveLength(1);
  });
});
