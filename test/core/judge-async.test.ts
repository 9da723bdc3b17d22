// What came of asynchronous requests: an object of an answer, one of a failure, or nothing in the time.
import { asResponse, judgeAsyncCases, judgeAsyncExample } from '../../lambdas/core/canary/judge-async.ts';
import type { GoldenCase } from '../../state-machine/contract/golden-cases.ts';
import { aDescription } from './a-description.ts';

const thresholds = { requests: 20, maximumErrorPercent: 0, maximumP99Milliseconds: 5_000 };
const aCase = (status: GoldenCase['expect']['status']): GoldenCase => ({
  name: 'a case',
  request: { contentType: 'application/json', body: {} },
  expect: { status, tolerance: 0 },
});
const refused = { succeeded: false, text: 'Received client error (422) from primary with message "no"' };
const failed = { succeeded: false, text: 'Received server error (500) from primary with message "no"' };
const timedOut = { succeeded: false, text: 'The invocation timed out while waiting for a response.' };
const unnamed = { succeeded: false, text: 'ClientError' };
const answer = { succeeded: true, text: '{}' };

test.each<[string, Parameters<typeof judgeAsyncCases>[1][number], GoldenCase['expect']['status'], boolean]>([
  ['an answer where one is expected', answer, 200, true],
  ['another success, which an object does not name', answer, 201, true],
  ['an answer where a refusal is expected', answer, '4xx', false],
  ['a refusal where one is expected', refused, '4xx', true],
  ['exactly that refusal', refused, 422, true],
  ['another refusal', refused, 400, false],
  ['a refusal that names no status', unnamed, '4xx', true],
  ['a refusal where an answer is expected', refused, 200, false],
  ['an error of the model where a refusal is expected', failed, '4xx', false],
  ['a timeout where a refusal is expected', timedOut, '4xx', false],
  ['nothing where a refusal is expected', 'none', '4xx', false],
  ['nothing where an answer is expected', 'none', 200, false],
  ['a request that was too large to be asked', 'tooLarge', 200, false],
])('%s', (_name, end, status, passes) => {
  const { verdict, verified } = judgeAsyncCases([aCase(status)], [end], thresholds);
  expect([verdict, verified]).toEqual(passes ? ['passed', 'golden'] : ['failed', null]);
});

test('a case without an end is no pass; errors that nobody expected are kept for the explanation', () => {
  const verdict = judgeAsyncCases([aCase(200), aCase('4xx'), aCase(200)], [failed, refused], thresholds);
  expect(verdict).toMatchObject({ verdict: 'failed', goldenCases: { passed: 1, failed: 2 } });
  expect(verdict.failure?.Cause).toMatch(/neither an answer nor a failure came within 6600 s/);
  expect(verdict.modelErrors).toEqual([{ originalStatus: 500, originalMessage: failed.text, logStreamArn: null }]);
});

test('nothing is measured', () => {
  expect(judgeAsyncCases([aCase(200)], [answer], thresholds)).toMatchObject({
    ...{ requests: { sent: 0, failed: 0 }, latencyMilliseconds: null },
  });
});

test('an example row: answered as announced, failed, or not answered at all', () => {
  const predicted = { succeeded: true, text: '{"predictions":[{"predicted_class":"yes"}]}' };
  expect(judgeAsyncExample(aDescription(), predicted, thresholds)).toMatchObject({ verified: 'answered' });
  expect(judgeAsyncExample(aDescription(), refused, thresholds)).toMatchObject({ verified: 'healthOnly' });
  expect(judgeAsyncExample(aDescription(), failed, thresholds)).toMatchObject({ verdict: 'failed' });
  expect(judgeAsyncExample(aDescription(), 'none', thresholds)).toMatchObject({ verdict: 'failed' });
});

test('the status is the one that a failure names', () => {
  expect([refused, failed, timedOut, unnamed].map((each) => asResponse(each).status)).toEqual([422, 500, 0, 400]);
});
