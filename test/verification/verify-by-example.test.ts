// Without golden cases the model is asked to describe itself, then its own row. The question itself fails nothing, whatever comes of it.
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { Answer, InvocationRequest } from '../../lambdas/ports/invocations.ts';
import { verifyByExample } from '../../lambdas/tasks/parts/verification/verify-by-example.ts';
import type { ErrorName } from '../../state-machine/contract/errors.ts';
import { aDescription } from '../core/a-description.ts';

const thresholds = { requests: 3, maximumErrorPercent: 0, maximumP99Milliseconds: 1_000 };
const TARGET = { endpointName: 'iris', endpointConfigName: 'iris-c' };
const SHA = 'b'.repeat(64);
const described = JSON.stringify(aDescription());
const predicted = '{"predictions":[{"predicted_class":"yes"}]}';

type Answers = (request: InvocationRequest, nth: number) => Partial<Answer> | Error;

async function verify(onDescribe: Answers, onRow: Answers = () => ({ body: predicted })) {
  const asked: InvocationRequest[] = [];
  const pauses: number[] = [];
  let now = Date.parse('2026-01-01T00:00:00Z');
  const clock = {
    now: () => new Date(now),
    remainingMilliseconds: () => 600_000,
    sleep: async (milliseconds: number) => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
  const invocations = {
    invoke: async (endpointName: string, request: InvocationRequest): Promise<Answer> => {
      expect(endpointName).toBe('iris');
      const isDescribe = request.customAttributes === 'describe=true';
      const nth = asked.filter(({ customAttributes }) => customAttributes === request.customAttributes).length;
      asked.push(request);
      now += 7;
      const answer = (isDescribe ? onDescribe : onRow)(request, nth);
      if (answer instanceof Error) throw answer;
      return { status: 200, body: '', latencyMilliseconds: 7, modelSha256: SHA, ...answer };
    },
  };
  const verdict = await verifyByExample({ clock, invocations }, TARGET, {
    ...{ thresholds, startsCold: false, until: now + 60_000 },
  });
  return { verdict, asked, pauses, rows: asked.filter(({ customAttributes }) => customAttributes === undefined) };
}

const describing: Answers = () => ({ body: described });
const failing = (name: ErrorName) => new RolloutError(name, 'for a test');

test('an answered row, and the same row measured; all of it bears a mark in captured data', async () => {
  const { verdict, asked, rows } = await verify(describing);
  expect(verdict).toMatchObject({
    ...{ verdict: 'passed', verified: 'answered', modelSha256: SHA, modelErrors: [], warnings: [] },
    requests: { sent: 3, failed: 0 },
  });
  expect(rows).toHaveLength(4);
  for (const row of rows) expect(row).toMatchObject({ contentType: 'application/json', body: '{"instances":[[1.5]]}' });
  const ids = asked.map(({ inferenceId }) => inferenceId!);
  expect(new Set(ids).size).toBe(5);
  for (const id of ids) {
    expect(id).toMatch(/^sagemaker-deployer-example-\d+-(describe|\d+)$/);
    expect(id.length).toBeLessThanOrEqual(64);
  }
  expect(JSON.parse(asked[0]!.body)).toEqual({ instances: [] });
});

test('a wide model is read whole', async () => {
  const columns = Array.from({ length: 9_000 }, (_, place) => ({ name: `column ${place}`, type: 'number' as const }));
  const example = {
    contentType: 'application/json' as const,
    body: { instances: [columns.map(() => 0)] as [number[]] },
  };
  const cut: Answers = ({ maximumCharacters = 65_536 }) => ({
    body: JSON.stringify(aDescription({ columns, example })).slice(0, maximumCharacters),
  });
  const { verdict, rows } = await verify(cut);
  expect(verdict.verified).toBe('answered');
  expect(rows[0]!.maximumCharacters).toBeGreaterThan(1_000_000);
});

test('a row that fails is kept for the explanation, and nothing is measured', async () => {
  const { verdict, rows } = await verify(describing, () => ({ status: 500, body: 'boom', modelSha256: null }));
  expect(verdict).toMatchObject({
    ...{ verdict: 'failed', verified: null, modelSha256: null, failure: { Error: 'CanaryFailed' } },
    modelErrors: [{ originalStatus: 500, originalMessage: 'boom', logStreamArn: null }],
  });
  expect(rows).toHaveLength(1);
});

test('a row that is refused fails nothing, and says so', async () => {
  const { verdict, rows } = await verify(describing, () => ({ status: 400, body: 'no' }));
  expect(verdict).toMatchObject({ verdict: 'passed', verified: 'healthOnly', modelErrors: [] });
  expect(verdict.warnings).toEqual([expect.stringContaining('refuses the example row')]);
  expect(rows).toHaveLength(1);
});

test('errors of the measurement count as those of golden cases do', async () => {
  const { verdict } = await verify(describing, (_request, nth) => (nth === 2 ? { status: 500 } : { body: predicted }));
  expect(verdict).toMatchObject({ verdict: 'failed', requests: { sent: 3, failed: 1 } });
  expect(verdict.modelErrors).toHaveLength(1);
});

test.each<[string, Partial<Answer> | Error]>([
  ['refuses it', { status: 400, body: '{"error":"no rows"}' }],
  ['breaks on it', { status: 500 }],
  ['does not end', { status: 0, body: 'Your invocation timed out' }],
  ['answers it as every request', { body: '{"predictions":[]}' }],
  ['answers it with a page', { body: '<html>' }],
  ['describes itself in its own way', { body: '{"columns":["a"]}' }],
])(
  'an image that %s is verified by its health alone, with the warning of ever, and is not asked again',
  async (_, answer) => {
    const { verdict, asked, pauses } = await verify(() => answer);
    expect(verdict).toMatchObject({
      ...{ verdict: 'passed', verified: 'healthOnly', failure: null, modelSha256: null },
      ...{ requests: { sent: 0, failed: 0 }, goldenCases: { passed: 0, failed: 0 }, latencyMilliseconds: null },
      warnings: [expect.stringMatching(/^No golden cases: only SageMaker's own health check was passed\./)],
    });
    expect(asked).toHaveLength(1);
    expect(pauses).toEqual([]);
  },
);

test.each(['Throttled', 'ServiceUnavailable', 'NotReady'] as const)('%s passes, or is no description', async (name) => {
  const passing = await verify((_request, nth) => (nth < 4 ? failing(name) : { body: described }));
  expect(passing.verdict.verified).toBe('answered');
  expect(passing.pauses).toEqual([1_000, 2_000, 4_000, 8_000]);
  const lasting = await verify(() => failing(name));
  expect(lasting.verdict).toMatchObject({ verdict: 'passed', verified: 'healthOnly' });
  expect(lasting.verdict.warnings[1]).toBe(`Nor could the model be asked for a row of its own: ${name}: for a test`);
  expect(lasting.asked).toHaveLength(5);
});

test.each(['AccessDenied', 'CallRefused'] as const)(
  '%s does not pass, and says why nothing was asked',
  async (name) => {
    const { verdict, asked, pauses } = await verify(() => failing(name));
    expect(verdict).toMatchObject({ verdict: 'passed', verified: 'healthOnly' });
    expect(verdict.warnings).toEqual([
      expect.stringContaining('No golden cases'),
      `Nor could the model be asked for a row of its own: ${name}: for a test`,
    ]);
    expect([asked.length, pauses.length]).toEqual([1, 0]);
  },
);

test('a row that cannot be sent is an error, as a golden request is; so is a mistake of our own', async () => {
  await expect(verify(describing, () => failing('ServiceUnavailable'))).rejects.toThrow('for a test');
  await expect(verify(() => new TypeError('a bug'))).rejects.toThrow('a bug');
});
