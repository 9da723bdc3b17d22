// Golden answers and the canary's verdict. No data is not a pass.
import fc from 'fast-check';
import { goldenMismatches } from '../../lambdas/core/canary/golden-match.ts';
import { judgeCanaryInvocations } from '../../lambdas/core/canary/judge-canary.ts';
import type { Sample } from '../../lambdas/core/canary/measurement.ts';
import type { GoldenCase } from '../../state-machine/contract/golden-cases.ts';

const expecting = (json: unknown, tolerance = 0, status: number | '4xx' = 200): GoldenCase => ({
  name: 'case',
  request: { contentType: 'application/json', body: {} },
  expect: { status, json, tolerance },
});
const answer = (body: unknown, status = 200) => ({
  status,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

test.each([
  [{ a: 1 }, { a: 1, b: 2 }, 0, []],
  [{ a: 1 }, { b: 2 }, 0, ['$.a is missing']],
  [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, 0, ['$.a.b[1] is 3 instead of 2']],
  [[1, 2], [1], 0, ['$ has 1 elements instead of 2']],
  [{ p: 0.5 }, { p: 0.5000009 }, 1e-6, []],
  [{ p: 0.5 }, { p: 0.500002 }, 1e-6, ['$.p is 0.500002 instead of 0.5']],
  [{ p: 1 }, { p: '1' }, 1, ['$.p is 1 instead of 1']],
  [{ p: null }, { p: 0 }, 0, ['$.p is 0 instead of null']],
  [{ p: [] }, { p: {} }, 0, ['$.p is {} instead of a list']],
  [{ p: {} }, { p: [] }, 0, ['$.p is [] instead of an object']],
  [{ p: {} }, { p: null }, 0, ['$.p is null instead of an object']],
  [{ p: {} }, { p: 1 }, 0, ['$.p is 1 instead of an object']],
  [{ toString: 'x' }, {}, 0, ['$.toString is missing']],
  // Several numbers a row, and several labels with the probabilities of each.
  [{ prediction: [1.5, 2] }, { prediction: [1.5000009, 1.9999991] }, 1e-6, []],
  [{ prediction: [1.5, 2] }, { prediction: [1.5, 2.000002] }, 1e-6, ['$.prediction[1] is 2.000002 instead of 2']],
  [
    { prediction: [1.5, 2] },
    { prediction: [2, 1.5] },
    0.1,
    ['$.prediction[0] is 2 instead of 1.5', '$.prediction[1] is 1.5 instead of 2'],
  ],
  [{ prediction: [1.5, 2] }, { prediction: [1.5] }, 1, ['$.prediction has 1 elements instead of 2']],
  [{ prediction: [1.5] }, { prediction: 1.5 }, 1, ['$.prediction is 1.5 instead of a list']],
  [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 2],
      [3, 4.0000009],
    ],
    1e-6,
    [],
  ],
  [
    [
      [1, 2],
      [3, 4],
    ],
    [
      [1, 2],
      [3, 4.000002],
    ],
    1e-6,
    ['$[1][1] is 4.000002 instead of 4'],
  ],
  [{ predicted_class: ['a', '1'] }, { predicted_class: ['a', '2'] }, 1, ['$.predicted_class[1] is 2 instead of 1']],
  [{ p: [{ a: 0.25, b: 0.75 }, { c: 1 }] }, { p: [{ a: 0.2500009, b: 0.75 }, { c: 1 }] }, 1e-6, []],
  [
    { p: [{ a: 0.25, b: 0.75 }, { c: 1 }] },
    { p: [{ a: 0.25, b: 0.75 }, { c: 0.5 }] },
    1e-6,
    ['$.p[1].c is 0.5 instead of 1'],
  ],
])('%j against %j', (expected, found, tolerance, mismatches) => {
  expect(goldenMismatches(expecting(expected, tolerance), answer(found))).toEqual(mismatches);
});

// The bounds of each class; 0 is no answer at all.
test.each([0, 199, 200, 201, 399, 400, 422, 499, 500, 503])(
  'the status %d is what is expected, or it is told',
  (status) => {
    const differences = (expected: number | '4xx') =>
      goldenMismatches(expecting(undefined, 0, expected), answer('body', status));
    for (const exact of [200, 400, 500]) {
      const told = `the status is ${status} instead of ${exact}: body`;
      expect(differences(exact)).toEqual(status === exact ? [] : [told]);
    }
    const is4xx = String(status).startsWith('4');
    expect(differences('4xx')).toEqual(is4xx ? [] : [`the status is ${status} instead of 4xx: body`]);
  },
);

test('a right body with a wrong status is wrong, and so is an answer that is no JSON, whatever is expected', () => {
  expect(goldenMismatches(expecting({ a: 1 }), answer({ a: 1 }, 500))).toHaveLength(1);
  for (const expected of [{}, [], null, 'text'])
    expect(goldenMismatches(expecting(expected), answer('text'))).toEqual(['the answer is not JSON: text']);
});

test('of what was answered 80 characters are told', () => {
  const told = (length: number) => goldenMismatches(expecting({}), answer('x'.repeat(length)))[0];
  expect(told(80)).toBe(`the answer is not JSON: ${'x'.repeat(80)}`);
  expect(told(81)).toBe(`the answer is not JSON: ${'x'.repeat(80)}...`);
});

test('every JSON value matches itself, and none matches with a number in it moved', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => goldenMismatches(expecting(json), answer(JSON.stringify(json))).length === 0),
  );
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      (json, step) =>
        goldenMismatches(expecting({ json, value: 1 }, 0.5), answer(JSON.stringify({ json, value: 1 + step }))).length >
        0,
    ),
  );
});

const thresholds = { requests: 20, maximumErrorPercent: 5, maximumP99Milliseconds: 100 };
const samples = (count: number, change: Partial<Sample> = {}, of = count): Sample[] =>
  Array.from({ length: count }, (_, n) => ({ ok: true, milliseconds: n + 1, ...(n < of ? change : {}) }));
const right = [{ name: 'case', mismatches: [] }];

test.each([
  ['all right', right, samples(20), 'passed', 'golden', ''],
  [
    'one golden case wrong',
    [{ name: 'case', mismatches: ['$ is 1 instead of 2'] }],
    samples(20),
    'failed',
    null,
    'Golden case "case": $ is 1 instead of 2.',
  ],
  ['as many errors as allowed', right, samples(20, { ok: false }, 1), 'passed', 'golden', ''],
  ['one error more', right, samples(20, { ok: false }, 2), 'failed', null, '2 of 20 requests failed'],
  [
    'too slow',
    right,
    samples(20, { milliseconds: 101 }, 1),
    'failed',
    null,
    '99th percentile of the latency is 101 ms',
  ],
  ['no request answered', right, [], 'failed', null, 'Only 0 of 20 requests'],
  ['too few answered in time', right, samples(19), 'failed', null, 'Only 19 of 20'],
  ['no cases at all', [], [], 'passed', 'healthOnly', ''],
] as const)('%s', (_name, golden, measured, verdict, verified, cause) => {
  const result = judgeCanaryInvocations(
    golden.map((each) => ({ ...each, mismatches: [...each.mismatches] })),
    [...measured],
    thresholds,
  );
  expect([result.verdict, result.verified]).toEqual([verdict, verified]);
  expect(result.failure?.Cause ?? '').toContain(cause);
  expect(result.failure?.Error).toBe(verdict === 'failed' ? 'CanaryFailed' : undefined);
});

test('after a wrong golden answer nothing was measured, and nothing is said of it', () => {
  const result = judgeCanaryInvocations([{ name: 'case', mismatches: ['$ is 1 instead of 2'] }], [], thresholds);
  expect(result.failure?.Cause).toBe('Golden case "case": $ is 1 instead of 2.');
});

test('percentiles by nearest rank', () => {
  expect(judgeCanaryInvocations(right, samples(100), { ...thresholds, requests: 100 }).latencyMilliseconds).toEqual({
    p50: 50,
    p95: 95,
    p99: 99,
  });
  expect(judgeCanaryInvocations(right, samples(1), thresholds).latencyMilliseconds).toEqual({ p50: 1, p95: 1, p99: 1 });
});
