// The simulation's own engine: how long waits and retries take, aborts, redrives, timeouts. Its routes are compared with another
// engine's in test/state-machine/equivalence.test.ts.
import { seeded } from '../../local/hosting/seeded.ts';
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { delayMilliseconds, Execution, TaskFailure } from '../../simulate/engine/execution.ts';
import { VirtualTime } from '../../simulate/engine/virtual-time.ts';

test('waits take their time, and retries what full jitter draws', async () => {
  const time = new VirtualTime(0);
  const definition = {
    StartAt: 'Work',
    States: {
      Work: {
        ...{ Type: 'Task', Resource: 'work', ResultPath: '$.work', Next: 'Rest' },
        Retry: [{ ErrorEquals: ['Throttled'], IntervalSeconds: 5, MaxAttempts: 3, JitterStrategy: 'FULL' }],
      },
      Rest: { Type: 'Wait', SecondsPath: '$.work.waitSeconds', Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  };
  let invoked = 0;
  const invoke = async () => {
    if (++invoked <= 3) throw new TaskFailure('Throttled', '');
    return { waitSeconds: 40 };
  };
  const world = { time, random: seeded(1), invoke };
  const execution = new Execution(compile(definition), world, { arn: 'arn', name: 'one', input: {} });
  await time.run();
  expect(execution).toMatchObject({ status: 'SUCCEEDED', retried: Array(3).fill('Work:Throttled') });
  expect(time.now).toBeGreaterThan(40_000);
  // 5 s, then twice as long each time.
  expect(time.now).toBeLessThan(40_000 + 5_000 + 10_000 + 20_000);
});

test('a delay grows by its rate up to its maximum, and jitter takes a part of it', () => {
  const retrier = {
    errors: [],
    intervalSeconds: 3,
    backoffRate: 1.5,
    maximumAttempts: 9,
    maximumDelaySeconds: 10,
    jitter: true,
  };
  const delays = [0, 1, 2, 3, 4].map((attempt) => delayMilliseconds(retrier, attempt, () => 1));
  expect(delays).toEqual([3_000, 4_500, 6_750, 10_000, 10_000]);
  expect(delayMilliseconds(retrier, 4, () => 0.25)).toBe(2_500);
  expect(delayMilliseconds({ ...retrier, jitter: false }, 4, () => 0.25)).toBe(10_000);
});

describe('an execution', () => {
  const definition = {
    StartAt: 'Work',
    TimeoutSeconds: 100,
    States: {
      Work: { Type: 'Task', Resource: 'work', ResultPath: '$.work', TimeoutSeconds: 10, Next: 'Rest' },
      Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' },
      Done: { Type: 'Succeed' },
    },
  };
  function begin(work: (payload: Json) => Promise<Json>) {
    const time = new VirtualTime(0);
    const world = { time, random: () => 0.5, invoke: (_resource: string, payload: Json) => work(payload) };
    return { time, execution: new Execution(compile(definition), world, { arn: 'arn', name: 'one', input: {} }) };
  }

  test('that is aborted goes no further, and is driven again from the state in which it was, with its input', async () => {
    const seen: Json[] = [];
    const { time, execution } = begin(async (payload) => {
      seen.push(payload);
      return seen.length;
    });
    time.at(30_000, () => execution.stop());
    await time.run();
    expect(execution).toMatchObject({ status: 'ABORTED', stoppedAt: 30_000, states: ['Work', 'Rest'] });
    execution.redrive();
    await time.run();
    expect(execution).toMatchObject({
      status: 'SUCCEEDED',
      output: { work: 1 },
      states: ['Work', 'Rest', 'Rest', 'Done'],
    });
    expect(seen).toEqual([{}]);
  });

  test('ends at the machine’s own timeout without a Catch; a state’s timeout is an error of its task', async () => {
    const slow = begin(() => new Promise(() => {}));
    await slow.time.run();
    expect(slow.execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout', stoppedAt: 10_000 });
    const late = begin(async () => 1);
    late.time.at(0, () => late.execution.position);
    await late.time.run(() => false, 50_000);
    expect(late.execution.status).toBe('RUNNING');
    late.execution.stop('TIMED_OUT');
    await late.time.run();
    expect(late.execution).toMatchObject({ status: 'TIMED_OUT', states: ['Work', 'Rest'] });
  });

  test('of a machine with a feature that the engine does not know is refused', () => {
    expect(() => compile({ StartAt: 'A', States: { A: { Type: 'Map', End: true } } })).toThrow('does not know Map');
    expect(() => compile({ StartAt: 'A', States: { A: { Type: 'Pass', Assign: {}, End: true } } })).toThrow('Assign');
  });
});
