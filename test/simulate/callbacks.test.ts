// Callback states of the simulation's own engine, and how Step Functions' API answers those who answer them. No other engine
// here has them, so that what AWS documents stands in these tables:
// https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { Execution, TaskFailure } from '../../simulate/engine/execution.ts';
import { TaskTokens } from '../../simulate/engine/task-tokens.ts';
import { VirtualTime } from '../../simulate/engine/virtual-time.ts';
import { callStepFunctions } from '../../simulate/world/aws/step-functions.ts';

const DAY = 24 * 3_600_000;
const callback = {
  ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', TimeoutSeconds: 600 },
  Parameters: {
    FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:Await',
    Payload: { 'taskToken.$': '$$.Task.Token', 'name.$': '$.name' },
  },
  ...{ ResultPath: '$.woken', Next: 'Done' },
  Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 5, MaxAttempts: 1, JitterStrategy: 'NONE' }],
  Catch: [
    { ErrorEquals: ['States.Timeout'], ResultPath: '$.late', Next: 'Done' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'Done' },
  ],
};
const definition = {
  StartAt: 'Await',
  States: { Await: callback, Done: { Type: 'Succeed' } },
};

/** `work`: what the function does with its n-th token, from 0, and with the time. */
function begin(
  work: (token: string, nth: number, time: VirtualTime) => Promise<Json> = async () => null,
  machine: object = definition,
) {
  const time = new VirtualTime(0);
  const tokens = new TaskTokens(() => time.now);
  const given: string[] = [];
  const invoked: string[] = [];
  const world = {
    ...{ time, tokens, random: () => 1 },
    invoke: (resource: string, payload: Json) => {
      const { taskToken } = payload as { taskToken: string };
      invoked.push(resource);
      given.push(taskToken);
      return work(taskToken, given.length - 1, time);
    },
  };
  const execution = new Execution(compile(machine), world, { arn: 'arn', name: 'one', input: { name: 'iris' } });
  const executions = new Map([['arn', execution]]);
  const account = { executions, tokens, start: () => execution, now: () => time.now };
  /** What the call is refused with; null: it is taken. */
  const call = (operation: string, input: Record<string, unknown>): string | null => {
    try {
      expect(callStepFunctions(account, operation, input)).toEqual({});
      return null;
    } catch (error) {
      return (error as { code?: string }).code ?? (error as Error).message;
    }
  };
  const succeed = (nth = 0, output: Json = { by: nth }) =>
    call('SendTaskSuccess', { taskToken: given[nth], output: JSON.stringify(output) });
  const fail = (nth: number, error: string) =>
    call('SendTaskFailure', { taskToken: given[nth], error, cause: 'It broke.' });
  const heartbeat = (nth = 0) => call('SendTaskHeartbeat', { taskToken: given[nth] });
  return { time, execution, given, invoked, call, succeed, fail, heartbeat };
}

const later = (time: VirtualTime, seconds: number, act: () => void) => time.at(seconds * 1000, act);

test('the function is given its payload with the token; its return ends nothing, the answer does, with its output', async () => {
  const { time, execution, invoked, given, succeed } = begin(async () => ({ ignored: true }));
  await time.run(() => false, 300_000);
  expect(execution.status).toBe('RUNNING');
  expect(invoked).toEqual(['arn:aws:lambda:us-east-1:000000000000:function:Await']);
  expect(given[0]!.length).toBeGreaterThan(64);
  expect(succeed()).toBeNull();
  await time.run();
  expect(execution).toMatchObject({
    ...{ status: 'SUCCEEDED', stoppedAt: 300_000, output: { name: 'iris', woken: { by: 0 } } },
    // Started and ended; entered, scheduled, started, submitted, succeeded, exited; entered and exited.
    events: 2 + 6 + 2,
  });
});

test('an answer that is there before the function has returned ends the state; what the function does then is nothing to it', async () => {
  const { time, execution, succeed } = begin(async (_token, _nth, passing) => {
    await passing.sleep(30_000);
    throw new TaskFailure('Boom', 'too late');
  });
  later(time, 10, () => expect(succeed()).toBeNull());
  await time.run();
  expect(execution).toMatchObject({ status: 'SUCCEEDED', stoppedAt: 10_000, output: { woken: { by: 0 } } });
});

test('an error of the function ends the try at once, by its name, and the next try has another token', async () => {
  const { time, execution, given, succeed } = begin(async (_token, nth) => {
    if (nth === 0) throw new TaskFailure('Throttled', '');
    return null;
  });
  later(time, 60, () => {
    expect(given).toHaveLength(2);
    expect(given[0]).not.toBe(given[1]);
    expect(succeed(0)).toBe('TaskTimedOut');
    expect(succeed(1)).toBeNull();
  });
  await time.run();
  expect(execution).toMatchObject({
    ...{ status: 'SUCCEEDED', stoppedAt: 60_000, retried: ['Await:Throttled'], output: { woken: { by: 1 } } },
    events: 2 + 6 + 4 + 2,
  });
});

test('each try has the whole timeout; a timeout is a Catch by its name, not one of States.TaskFailed', async () => {
  const onlyFailed = [{ ErrorEquals: ['States.TaskFailed'], ResultPath: '$.failure', Next: 'Done' }];
  const { time, execution } = begin(async (_token, nth, passing) => {
    await passing.sleep(400_000);
    if (nth === 0) throw new TaskFailure('Throttled', '');
    return null;
  });
  await time.run();
  expect(execution).toMatchObject({
    ...{ status: 'SUCCEEDED', stoppedAt: 400_000 + 5_000 + 600_000, caught: ['Await'] },
    output: { name: 'iris', late: { Error: 'States.Timeout' } },
  });
  const uncaught = begin(undefined, {
    ...definition,
    States: { ...definition.States, Await: { ...callback, Catch: onlyFailed } },
  });
  await uncaught.time.run();
  expect(uncaught.execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout', stoppedAt: 600_000 });
});

test('a failure that is sent is retried and caught by its name, with its cause', async () => {
  const { time, execution, fail } = begin();
  later(time, 20, () => expect(fail(0, 'Throttled')).toBeNull());
  later(time, 40, () => expect(fail(1, 'NoSuchEndpoint')).toBeNull());
  await time.run();
  expect(execution).toMatchObject({
    ...{ status: 'SUCCEEDED', stoppedAt: 40_000, retried: ['Await:Throttled'], caught: ['Await'] },
    output: { failure: { Error: 'NoSuchEndpoint', Cause: 'It broke.' } },
  });
});

test.each([
  ['one second', 1, { status: 'SUCCEEDED', stoppedAt: 1_000 }],
  ['nothing', 0, { status: 'FAILED', error: 'States.Runtime' }],
  ['half a second', 0.5, { status: 'FAILED', error: 'States.Runtime' }],
  ['a text', '60', { status: 'FAILED', error: 'States.Runtime' }],
])('a timeout that is read from the state may be %s', async (_name, seconds, ends) => {
  const { TimeoutSeconds: _fixed, ...untimed } = callback;
  const Await = { ...untimed, TimeoutSecondsPath: '$.told.seconds' };
  const Tell = { Type: 'Pass', Result: { seconds }, ResultPath: '$.told', Next: 'Await' };
  const { time, execution } = begin(undefined, { StartAt: 'Tell', States: { ...definition.States, Tell, Await } });
  await time.run();
  expect(execution).toMatchObject(ends);
});

test('a token is closed by the timeout, not only by the end of the execution', async () => {
  const Done = { Type: 'Wait', Seconds: 100, End: true };
  const { time, execution, succeed } = begin(undefined, { ...definition, States: { ...definition.States, Done } });
  let refused: unknown;
  later(time, 650, () => {
    refused = succeed();
  });
  await time.run();
  expect([refused, execution.stoppedAt]).toEqual(['TaskTimedOut', 700_000]);
});

describe('an answer', () => {
  test.each([
    ['a second time', 20],
    ['after the timeout', 600.001],
  ])('%s is refused, with TaskTimedOut, and changes nothing', async (_name, at) => {
    const { time, execution, succeed, fail, heartbeat } = begin();
    if (at < 600) later(time, at, () => expect(succeed()).toBeNull());
    let refused: unknown[] = [];
    later(time, at, () => {
      refused = [succeed(0, 'again'), fail(0, 'Boom'), heartbeat()];
    });
    await time.run();
    expect(refused).toEqual(Array(3).fill('TaskTimedOut'));
    const output = at < 600 ? { woken: { by: 0 } } : { late: { Error: 'States.Timeout' } };
    expect(execution).toMatchObject({ status: 'SUCCEEDED', stoppedAt: Math.min(at, 600) * 1000, output });
  });

  test('to an execution that was stopped is refused and changes nothing; one that is driven again has another token', async () => {
    const { time, execution, given, succeed, heartbeat } = begin();
    later(time, 10, () => {
      expect(heartbeat()).toBeNull();
      execution.stop();
      expect(succeed()).toBe('TaskTimedOut');
    });
    await time.run();
    expect(execution).toMatchObject({ status: 'ABORTED', stoppedAt: 10_000, output: null });
    execution.redrive();
    await time.run(() => false, time.now + 100_000);
    expect(given).toHaveLength(2);
    expect(succeed(0)).toBe('TaskTimedOut');
    expect(succeed(1)).toBeNull();
    await time.run();
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { woken: { by: 1 } } });
  });

  test('to one that was stopped while its function ran: the function goes on, and nothing comes of what it sends', async () => {
    let sent: string | null = null;
    const { time, execution, succeed } = begin(async (_token, _nth, passing) => {
      await passing.sleep(30_000);
      sent = succeed();
      return null;
    });
    later(time, 10, () => execution.stop());
    await time.run();
    expect(sent).toBe('TaskTimedOut');
    expect(execution).toMatchObject({ status: 'ABORTED', stoppedAt: 10_000 });
  });

  test('to a token that was never issued is refused with InvalidToken, and 90 days after its end with TaskDoesNotExist', async () => {
    const { time, call, succeed } = begin();
    expect(call('SendTaskSuccess', { taskToken: 'another', output: '{}' })).toBe('InvalidToken');
    expect(call('SendTaskHeartbeat', { taskToken: 'another' })).toBe('InvalidToken');
    expect(call('SendTaskSuccess', { taskToken: '', output: '{}' })).toBe('ValidationException');
    await time.run();
    expect(succeed()).toBe('TaskTimedOut');
    time.now += 90 * DAY;
    expect(succeed()).toBe('TaskDoesNotExist');
  });

  test('that is no JSON, or too long, is refused, and the state goes on waiting', async () => {
    const { time, execution, given, call, succeed } = begin();
    later(time, 10, () => {
      const taskToken = given[0];
      expect(call('SendTaskSuccess', { taskToken, output: 'woken' })).toBe('InvalidOutput');
      const long = JSON.stringify('x'.repeat(262_143));
      expect(call('SendTaskSuccess', { taskToken, output: long })).toBe('ValidationException');
      expect(call('SendTaskFailure', { taskToken })).toContain('needs an error');
      expect(execution.status).toBe('RUNNING');
      expect(succeed()).toBeNull();
    });
    await time.run();
    expect(execution).toMatchObject({ status: 'SUCCEEDED', stoppedAt: 10_000 });
  });
});

test.each([
  ['another service', { ...callback, Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken' }],
  ['a heartbeat', { ...callback, HeartbeatSeconds: 10 }],
  ['a qualifier', { ...callback, Parameters: { ...callback.Parameters, Qualifier: '1' } }],
])('a callback with %s is refused', (_name, state) => {
  expect(() => compile({ ...definition, States: { ...definition.States, Await: state } })).toThrow('does not know');
});

test('outside a callback there is no token', async () => {
  const plain = { Type: 'Task', Resource: 'plain', Parameters: { 'token.$': '$$.Task.Token' }, End: true };
  const { time, execution } = begin(undefined, { StartAt: 'Plain', States: { Plain: plain } });
  await time.run();
  expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});
