// Runs a machine on aws-local-stepfunctions, which another author has written from the same specification: for comparison.
import { StateMachine } from 'aws-local-stepfunctions';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';
import { AWAIT_CHANGE, waitNames } from '../../state-machine/contract/waits.ts';
import {
  causeOf,
  type Engine,
  EXECUTION,
  EXECUTION_ARN,
  type Handler,
  MAXIMUM_STATES,
  type Run,
  tooLong,
} from './run.ts';

// What Step Functions writes for one visit: entered and exited, and for a task scheduled, started and succeeded between.
const EVENTS: Record<string, number> = { Task: 5, Choice: 2, Wait: 2, Pass: 2, Succeed: 2, Fail: 1 };

const waitsOf = (definition: object) =>
  Object.entries((definition as { States: Record<string, { Type: string }> }).States)
    .filter(([, { Type }]) => Type === 'Wait')
    .map(([name]) => name);

export const onAwsLocalStepFunctions: Engine = async (definition, handlersOf, input) => {
  const handlers = handlersOf();
  // It insists on the real time as $$.Execution.StartTime.
  const onVirtualTime = JSON.parse(
    JSON.stringify(definition).replace('$$.Execution.StartTime', () => '$$.Execution.VirtualStartTime'),
  );
  const machine = new StateMachine(onVirtualTime, { validationOptions: { noValidate: true } });
  const { result, eventLogs, abort } = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        [...stepNames, ...waitNames].map((state) => [
          state,
          (payload: unknown) => asLambda(handlers[state in handlers ? (state as StepName) : AWAIT_CHANGE], payload),
        ]),
      ) as never,
      waitTimeOverrides: Object.fromEntries(waitsOf(definition).map((state) => [state, 0])),
      retryIntervalOverrides: Object.fromEntries([...stepNames, ...waitNames].map((state) => [state, 0])),
    },
    // Its types know the names of AWS's context object alone.
    context: {
      Execution: { Id: EXECUTION_ARN, Name: EXECUTION.name, VirtualStartTime: EXECUTION.startedAt },
    } as never,
  });
  const run: Run = {
    ...{ succeeded: false, output: null, error: null, cause: null, states: [], caught: [], retried: [] },
    ...{ events: 2, largestStateBytes: 0 },
  };
  const ended = result.then(
    (output) => Object.assign(run, { succeeded: true, output }),
    () => run,
  );
  for await (const event of eventLogs) {
    const state = 'state' in event ? event.state : undefined;
    if (event.type === 'StateEntered' && state) {
      run.states.push(state.name);
      if (run.states.length > MAXIMUM_STATES) {
        abort();
        throw tooLong(run.states);
      }
      run.events += EVENTS[state.type] ?? 2;
      run.largestStateBytes = Math.max(run.largestStateBytes, Buffer.byteLength(JSON.stringify(state.input)));
    }
    if (event.type === 'StateRetried' && state) {
      run.retried.push(state.name);
      run.events += 3;
    }
    if (event.type === 'StateCaught' && state) run.caught.push(state.name);
    if (event.type === 'ExecutionFailed') Object.assign(run, { error: event.Error, cause: event.Cause });
  }
  return await ended;
};

async function asLambda(handler: Handler, payload: unknown): Promise<unknown> {
  try {
    // Through JSON, as every payload and result of a function goes.
    return JSON.parse(JSON.stringify(await handler(JSON.parse(JSON.stringify(payload)))));
  } catch (error) {
    throw Object.assign(new Error(causeOf(error as Error)), { name: (error as Error).name });
  }
}
