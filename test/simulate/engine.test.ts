// The simulation's own engine does what aws-local-stepfunctions does, on every route and on drawn ones; its waits are the machine's.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { seeded } from '../../local/hosting/seeded.ts';
import { compile, type Json } from '../../simulate/engine/asl.ts';
import { delayMilliseconds, Execution, TaskFailure } from '../../simulate/engine/execution.ts';
import { VirtualTime } from '../../simulate/engine/virtual-time.ts';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import { type Handler, runMachine } from '../state-machine/run-machine.ts';

const asl = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8'));
const machine = compile(asl);

/** What each step gives in turn, the last one for ever; `!Name` is thrown. */
type Script = Partial<Record<StepName, Json[]>>;

interface Ended {
  succeeded: boolean;
  output: Json;
  error: string | null;
  cause: string | null;
  states: string[];
  caught: string[];
  retries: number;
  events: number;
  largestStateBytes: number;
}

/** One handler for each step, over its own copy of the script. */
function handlersOf(script: Script): Record<StepName, (payload: Json) => Json> {
  return Object.fromEntries(
    stepNames.map((step) => {
      const values = [...(script[step] ?? [null])];
      return [
        step,
        (payload: Json) => {
          const value = values.length > 1 ? values.shift()! : values[0]!;
          if (typeof value === 'string' && value.startsWith('!'))
            throw Object.assign(new Error(`${value.slice(1)} was thrown`), { name: value.slice(1) });
          if (step !== 'RecordOutcome' || value !== null) return value;
          const failure = (payload as { failure: { Error: string; Cause: string } | null }).failure;
          return { succeeded: failure === null, error: failure?.Error ?? null, cause: failure?.Cause ?? null };
        },
      ];
    }),
  ) as Record<StepName, (payload: Json) => Json>;
}

const INPUT = { endpointName: 'iris' };
const STARTED = '2026-01-01T00:00:00.000Z';

async function withTheirs(script: Script): Promise<Ended> {
  const handlers = handlersOf(script);
  const asynchronous = Object.fromEntries(
    stepNames.map((step) => [step, (async (payload) => handlers[step](payload as Json)) as Handler]),
  ) as Record<StepName, Handler>;
  const run = await runMachine(asl, asynchronous, INPUT, { name: 'rollout-1', startedAt: STARTED });
  const { succeeded, output, error, cause, states, caught, retried, events, largestStateBytes } = run;
  return {
    ...{ succeeded, output: succeeded ? (output as Json) : null, error, cause, states, caught },
    ...{ retries: retried.length, events, largestStateBytes },
  };
}

async function withOurs(script: Script): Promise<Ended & { took: number }> {
  const handlers = handlersOf(script);
  const time = new VirtualTime(Date.parse(STARTED));
  const execution = new Execution(
    machine,
    {
      time,
      random: seeded(1),
      invoke: async (resource, payload) => {
        try {
          return handlers[resource.split(':').at(-1) as StepName](JSON.parse(JSON.stringify(payload)));
        } catch (error) {
          const { name, message } = error as Error;
          throw new TaskFailure(name, JSON.stringify({ errorType: name, errorMessage: message, trace: [] }));
        }
      },
    },
    { arn: 'arn:aws:states:us-east-1:000000000000:execution:Rollout:rollout-1', name: 'rollout-1', input: INPUT },
  );
  await time.run();
  const { status, output, error, cause, states, caught, retried, events, largestStateBytes } = execution;
  return {
    ...{ succeeded: status === 'SUCCEEDED', output, error, cause, states, caught, retries: retried.length, events },
    ...{ largestStateBytes, took: time.now - Date.parse(STARTED) },
  };
}

const failure = { Error: 'Broken', Cause: 'It broke.' };
/** What some Choice asks for beside a verdict. */
const asked = { waitSeconds: 5, failure, candidate: null, guarded: false, trafficMoves: true };
const verdicts = [
  ...['accepted', 'rejected', 'granted', 'recover', 'outdated', 'retire', 'superseded', 'proceed', 'unchanged', 'wait'],
  ...['inProgress', 'inService', 'failed', 'passed', 'waiting', 'act', 'deleted', 'retired', 'rolledBack'],
];
/** Verdicts that any step may give, and errors with a retry of each policy and without one. */
const value = fc.constantFrom<Json>(
  ...verdicts.map((verdict) => ({ ...asked, verdict })),
  ...['proceed', 'inService'].map((verdict) => ({ ...asked, verdict, candidate: {}, guarded: true })),
  ...['!Throttled', '!NotReady', '!EndpointBusy', '!Lambda.Unknown', '!Boom', '!States.Timeout'],
);
/** Every circle ends: the last value of each step leads on. */
const LAST: Record<string, Json> = {
  InspectArtifact: { verdict: 'accepted', failure: null },
  LeaseEndpoint: { ...asked, verdict: 'granted' },
  PlanRollout: { ...asked, verdict: 'proceed' },
  DeleteCandidate: { ...asked, verdict: 'deleted' },
  VerifyCandidate: { ...asked, verdict: 'passed' },
  RunCanary: { ...asked, verdict: 'passed' },
  RetireEndpoint: { ...asked, verdict: 'retired' },
  RollBack: { verdict: 'rolledBack' },
  RecordOutcome: null,
};
const lastOf = (step: StepName): Json => (step in LAST ? LAST[step]! : { ...asked, verdict: 'inService' });
const script = fc
  .tuple(...stepNames.map(() => fc.array(value, { maxLength: 4 })))
  .map(
    (drawn) =>
      Object.fromEntries(
        stepNames.map((step, index) => [
          step,
          [
            ...(step === 'RecordOutcome' ? drawn[index]!.filter((each) => typeof each === 'string') : drawn[index]!),
            lastOf(step),
          ],
        ]),
      ) as Script,
  );

test('drawn routes go as with aws-local-stepfunctions', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (drawn) => {
      const { took: _took, ...ours } = await withOurs(drawn);
      expect(ours).toEqual(await withTheirs(drawn));
    }),
    { numRuns: 150, seed: 20260101 },
  );
}, 60_000);

test('waits take their time, and retries what full jitter draws', async () => {
  const waited = await withOurs({
    ...Object.fromEntries(stepNames.map((step) => [step, [lastOf(step)]])),
    CreateModel: ['!Throttled', '!Throttled', '!Throttled', {}],
    DeployEndpoint: [{ ...asked, verdict: 'inProgress', waitSeconds: 40 }],
  });
  expect(waited.retries).toBe(3);
  expect(waited.took).toBeGreaterThan(40_000);
  // Throttled: 5 s, then twice as long each time.
  expect(waited.took).toBeLessThan(40_000 + 5_000 + 10_000 + 20_000);
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
