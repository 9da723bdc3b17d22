// The engine of the simulation and aws-local-stepfunctions take the same machine the same way, over every route and drawn ones:
// with plain tasks in place of callback states, which the other does not know.
import fc from 'fast-check';
import type { Json } from '../../simulate/engine/asl.ts';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import { AWAIT_CHANGE, waitNames } from '../../state-machine/contract/waits.ts';
import { committedMachine } from './machine.ts';
import { onAwsLocalStepFunctions } from './on-aws-local-stepfunctions.ts';
import { onOurEngine } from './on-our-engine.ts';
import { testRoutes } from './routes.ts';
import type { Engine, Handler, Handlers } from './run.ts';
import { withoutCallbacks } from './without-callbacks.ts';

const { machine, leftOut } = withoutCallbacks(committedMachine());

test('callback states are left out, by name', () => {
  expect(leftOut.sort()).toEqual([...waitNames].sort());
});

test('of a callback state only the token is left out', () => {
  const Parameters = {
    FunctionName: 'function:Await',
    Payload: { 'taskToken.$': '$$.Task.Token', 'plan.$': '$.plan' },
  };
  const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  const { Await, Wait } = {
    Await: { Type: 'Task', Resource, Parameters, TimeoutSeconds: 60, Next: 'Wait' },
    Wait: { Type: 'Wait' },
  };
  expect(withoutCallbacks({ States: { Await, Wait } })).toEqual({
    leftOut: ['Await'],
    machine: {
      States: { Await: { ...Await, Resource: 'function:Await', Parameters: { 'plan.$': '$.plan' } }, Wait },
    },
  });
});

/** States, outputs and ends are the same on both. */
const onBoth: Engine = async (definition, handlers, input) => {
  const theirs = await onAwsLocalStepFunctions(definition, handlers, input);
  const ours = await onOurEngine(definition, handlers, input);
  expect(ours).toEqual(theirs);
  return ours;
};

testRoutes(machine, test, onBoth);

/** What each step gives in turn, the last one for ever; `!Name` is thrown. */
type Script = Partial<Record<StepName, Json[]>>;

/** One handler for each step, over its own copy of the script. */
function handlersOf(script: Script): Handlers {
  const steps = Object.fromEntries(
    stepNames.map((step) => {
      const values = [...(script[step] ?? [null])];
      const handler: Handler = async (payload) => {
        const value = values.length > 1 ? values.shift()! : values[0]!;
        if (typeof value === 'string' && value.startsWith('!'))
          throw Object.assign(new Error(`${value.slice(1)} was thrown`), { name: value.slice(1) });
        if (step !== 'RecordOutcome' || value !== null) return value;
        const failure = payload.failure as { Error: string; Cause: string } | null;
        return { succeeded: failure === null, error: failure?.Error ?? null, cause: failure?.Cause ?? null };
      };
      return [step, handler];
    }),
  ) as Record<StepName, Handler>;
  return { ...steps, [AWAIT_CHANGE]: async () => ({}) };
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

test('drawn routes', async () => {
  await fc.assert(
    fc.asyncProperty(script, async (drawn) => {
      await onBoth(machine, () => handlersOf(drawn), { endpointName: 'iris' });
    }),
    { numRuns: 150, seed: 20260101 },
  );
}, 60_000);
