// The verdict without golden cases: what the answer to the model's own example row proves, and what it does not.
import { exampleEnd, judgeExample } from '../../lambdas/core/canary/judge-example.ts';
import type { Sample } from '../../lambdas/core/canary/measurement.ts';
import { aDescription } from './a-description.ts';

const thresholds = { requests: 2, maximumErrorPercent: 0, maximumP99Milliseconds: 100 };
const quick: Sample = { ok: true, milliseconds: 5 };
const classified = { predictions: [{ predicted_class: 'yes', predicted_class_index: 1 }] };
const answer = (body: unknown, status = 200) => ({ status, body: JSON.stringify(body) });
const regression = aDescription({ task: 'regression' });

test.each([
  [200, classified, 'answered'],
  [200, { predictions: [] }, 'odd'],
  [200, { predictions: [...classified.predictions, ...classified.predictions] }, 'odd'],
  [200, { predictions: [{ prediction: 1 }] }, 'odd'],
  [200, { predictions: [{ predicted_class: 1 }] }, 'odd'],
  [200, { predictions: [null] }, 'odd'],
  [200, { predictions: { length: 1 } }, 'odd'],
  [200, null, 'odd'],
  [200, ['yes'], 'odd'],
  [204, classified, 'odd'],
  [302, classified, 'odd'],
  [399, classified, 'odd'],
  [400, classified, 'refused'],
  [499, classified, 'refused'],
  [500, classified, 'failed'],
  [599, classified, 'failed'],
  [0, classified, 'failed'],
] as const)('status %d with %j: %s', (status, body, end) => {
  expect(exampleEnd(aDescription(), answer(body, status))).toBe(end);
});

test('what is no JSON is no prediction', () => {
  expect(exampleEnd(aDescription(), { status: 200, body: 'yes,0.9' })).toBe('odd');
});

test.each([
  [1.5, 'answered'],
  [0, 'answered'],
  ['text', 'answered'],
  [[1, 2], 'answered'],
  [null, 'odd'],
] as const)('a regression that predicts %j: %s', (prediction, end) => {
  expect(exampleEnd(regression, answer({ predictions: [{ prediction }] }))).toBe(end);
  expect(exampleEnd(regression, answer(classified))).toBe('odd');
});

// A list of as many as the description announces; one more or fewer was not announced.
test.each([
  ['regression', { prediction: [1.5, 0] }, 'answered'],
  ['regression', { prediction: [1.5] }, 'odd'],
  ['regression', { prediction: [1.5, 2, 3] }, 'odd'],
  ['regression', { prediction: [1.5, null] }, 'odd'],
  ['regression', { prediction: 1.5 }, 'odd'],
  ['classification', { predicted_class: ['yes', '1'] }, 'answered'],
  ['classification', { predicted_class: ['yes'] }, 'odd'],
  ['classification', { predicted_class: ['yes', 1] }, 'odd'],
  ['classification', { predicted_class: 'yes' }, 'odd'],
] as const)('a %s of two outputs that predicts %j: %s', (task, prediction, end) => {
  const outputs = [{ name: 'output_0' }, { name: 'output_1' }];
  expect(exampleEnd(aDescription({ task, outputs }), answer({ predictions: [prediction] }))).toBe(end);
});

test('answered, and measured as requests with golden cases are', () => {
  const judge = (samples: Sample[]) => judgeExample(aDescription(), answer(classified), samples, thresholds);
  expect(judge([quick, quick])).toMatchObject({
    ...{ verdict: 'passed', verified: 'answered', goldenCases: { passed: 0, failed: 0 }, warnings: [], failure: null },
    ...{ requests: { sent: 2, failed: 0 }, latencyMilliseconds: { p50: 5, p95: 5, p99: 5 } },
  });
  expect(judge([quick]).failure?.Cause).toContain('Only 1 of 2 requests');
  expect(judge([quick, { ok: false, milliseconds: 5 }])).toMatchObject({ verdict: 'failed', verified: null });
  expect(judge([quick, { ok: true, milliseconds: 101 }]).failure?.Cause).toContain('99th percentile');
});

test.each([500, 503, 0])('status %d fails the verification, in words', (status) => {
  expect(
    judgeExample(aDescription(), answer({ error: 'Internal server error' }, status), [], thresholds),
  ).toMatchObject({
    ...{ verdict: 'failed', verified: null, warnings: [] },
    failure: {
      Error: 'CanaryFailed',
      Cause: `The model answered the example row that it makes itself with status ${status}: {"error":"Internal server error"}.`,
    },
  });
});

test.each([
  [
    answer({ error: 'Invalid input' }, 400),
    /refuses the example row that it makes itself, with status 400: \{"error":"Invalid input"\}/,
  ],
  [answer({ error: 'x'.repeat(5000) }, 422), /x{60,80}\.\.\./],
  [{ status: 400, body: 'no\nOutcome:   deployed' }, /with status 400: no Outcome: {3}deployed/],
  [answer('a text'), /otherwise than it announces, with status 200: "a text"/],
])('neither an answer nor an error of its own: health only, with a warning that says what to do', (seen, says) => {
  const verdict = judgeExample(aDescription(), seen, [], thresholds);
  expect(verdict).toMatchObject({ verdict: 'passed', verified: 'healthOnly', failure: null, requests: { sent: 0 } });
  expect(verdict.warnings).toEqual([expect.stringMatching(says)]);
  expect(verdict.warnings[0]).toContain('Add golden.json to the archive, or canaryInvocations.cases to the request.');
  expect(verdict.warnings[0]!.length).toBeLessThan(500);
});
