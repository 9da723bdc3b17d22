// Executions as Step Functions tells of them: the real client, answers of ours.
import { SFNClient } from '@aws-sdk/client-sfn';
import { stepFunctionsExecutions } from '../../lambdas/aws/stepfunctions-executions.ts';
import { MACHINE_TIMEOUT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { type Call, Refusal, sdkAnswers } from './sdk-answers.ts';

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Rollout';
const ARN = 'arn:aws:states:eu-west-1:123456789012:execution:Rollout:one';

function executions(answer: (call: Call) => object) {
  const { calls, options } = sdkAnswers(answer);
  return { calls, executions: stepFunctionsExecutions(new SFNClient(options), MACHINE) };
}
const since = new Date(Date.UTC(2026, 0, 2));
const secondsFromSince = (seconds: number) => since.getTime() / 1000 + seconds;
const entry = (name: string, stopped?: number) => ({
  ...{ name, executionArn: `arn:${name}`, startDate: secondsFromSince(-9), status: 'FAILED' },
  ...(stopped !== undefined && { stopDate: secondsFromSince(stopped) }),
});

test('three calls find that there is nothing', async () => {
  const world = executions(() => ({ executions: [] }));
  expect(await world.executions.listEnded(since)).toEqual([]);
  expect(world.calls).toEqual(
    ['ABORTED', 'TIMED_OUT', 'FAILED'].map((statusFilter) => ({
      operation: 'ListExecutions',
      input: { stateMachineArn: MACHINE, statusFilter, maxResults: 1000 },
    })),
  );
});

test('what ended since then is found, in the order of the list', async () => {
  const world = executions(({ input }) => ({
    executions:
      input.statusFilter === 'ABORTED' ? [entry('late', 5), entry('then', 0), entry('before', -1), entry('never')] : [],
  }));
  expect(await world.executions.listEnded(since)).toEqual([
    { name: 'late', executionArn: 'arn:late', stoppedAt: '2026-01-02T00:00:05.000Z' },
    { name: 'then', executionArn: 'arn:then', stoppedAt: '2026-01-02T00:00:00.000Z' },
  ]);
});

test('pages are read on as long as an execution may follow that started long ago and ended since then', async () => {
  const pages: Record<string, object> = {
    first: { executions: [entry('a', 1), entry('b', -MACHINE_TIMEOUT_SECONDS)], nextToken: 'second' },
    second: { executions: [entry('c', 2), entry('d', -MACHINE_TIMEOUT_SECONDS - 1)], nextToken: 'third' },
  };
  const world = executions(({ input }) =>
    input.statusFilter === 'FAILED' ? pages[String(input.nextToken ?? 'first')]! : { executions: [] },
  );
  expect((await world.executions.listEnded(since)).map(({ name }) => name)).toEqual(['a', 'c']);
  expect(world.calls.map(({ input }) => input.nextToken)).toEqual([undefined, undefined, undefined, 'second']);
});

test('those that run are listed to the last page, a thousand at a time', async () => {
  const world = executions(({ input }) =>
    input.nextToken === undefined
      ? { executions: [entry('a'), entry('b')], nextToken: 'second' }
      : { executions: [entry('c')] },
  );
  expect([...(await world.executions.listRunning())]).toEqual(['arn:a', 'arn:b', 'arn:c']);
  const query = { stateMachineArn: MACHINE, statusFilter: 'RUNNING', maxResults: 1000 };
  expect(world.calls.map(({ input }) => input)).toEqual([query, { ...query, nextToken: 'second' }]);
});

test('an execution is found with its start, its end and its input', async () => {
  const world = executions(() => ({
    ...{ executionArn: ARN, status: 'ABORTED', startDate: secondsFromSince(0.125), stopDate: secondsFromSince(3) },
    input: '{"endpointName":"iris"}',
  }));
  expect(await world.executions.find(ARN)).toEqual({
    ...{ isRunning: false, status: 'ABORTED', input: { endpointName: 'iris' } },
    ...{ startedAt: '2026-01-02T00:00:00.125Z', stoppedAt: '2026-01-02T00:00:03.000Z' },
  });
  expect(world.calls).toEqual([{ operation: 'DescribeExecution', input: { executionArn: ARN } }]);
});

test.each([
  ['RUNNING', true],
  ['PENDING_REDRIVE', true],
  ['TIMED_OUT', false],
])('%s is running: %p', async (status, isRunning) => {
  const world = executions(() => ({ executionArn: ARN, status, startDate: secondsFromSince(0) }));
  expect(await world.executions.find(ARN)).toMatchObject({ isRunning, stoppedAt: null, input: null });
});

const refusing = (name: string) =>
  executions(() => {
    throw new Refusal(name);
  }).executions;

test('an execution that is not known, and a name that is taken, are answers', async () => {
  expect(await refusing('ExecutionDoesNotExist').find(ARN)).toBeNull();
  expect(await refusing('ExecutionAlreadyExists').start('one', {})).toBe(false);
  const world = executions(() => ({ executionArn: ARN, startDate: secondsFromSince(0) }));
  expect(await world.executions.start('one', { action: 'recover', endpointName: undefined })).toBe(true);
  expect(world.calls[0]?.input).toEqual({ stateMachineArn: MACHINE, name: 'one', input: '{"action":"recover"}' });
});

test.each([
  ['ThrottlingException', 'Throttled'],
  ['AccessDeniedException', 'AccessDenied'],
  ['InvalidToken', 'CallRefused'],
])('%s is told as one of our errors', async (name, expected) => {
  await expect(refusing(name).listEnded(since)).rejects.toMatchObject({ name: expected });
  await expect(refusing(name).listRunning()).rejects.toMatchObject({ name: expected });
  await expect(refusing(name).find(ARN)).rejects.toMatchObject({ name: expected });
  await expect(refusing(name).start('one', {})).rejects.toMatchObject({ name: expected });
});
