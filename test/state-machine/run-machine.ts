// Runs a machine of states in process: no waiting, the states that were entered and the errors that were caught are told.
import { StateMachine } from 'aws-local-stepfunctions';
import { type StepName, stepNames } from '../../state-machine/contract/steps.ts';

export type Handler = (payload: Record<string, unknown>) => Promise<unknown>;
export interface Run {
  succeeded: boolean;
  /** The output of a success; the Error and Cause of a failure. */
  output: unknown;
  error: string | null;
  cause: string | null;
  /** Every state that was entered, in order, retries not counted. */
  states: string[];
  /** States whose Catch was taken, and retries as `State:Error`. */
  caught: string[];
  retried: string[];
  /** Events of the execution's history as Step Functions counts them, and the largest state in bytes. */
  events: number;
  largestStateBytes: number;
}

// What Step Functions writes for one visit: entered and exited, and for a task scheduled, started and succeeded between.
const EVENTS: Record<string, number> = { Task: 5, Choice: 2, Wait: 2, Pass: 2, Succeed: 2, Fail: 1 };

const waitsOf = (definition: object) =>
  Object.entries((definition as { States: Record<string, { Type: string }> }).States)
    .filter(([, { Type }]) => Type === 'Wait')
    .map(([name]) => name);

export async function runMachine(
  definition: object,
  handlers: Record<StepName, Handler>,
  input: unknown,
  execution = { name: 'rollout-1', startedAt: '2026-01-01T00:00:00.000Z' },
  maximumStates = Number.POSITIVE_INFINITY,
): Promise<Run> {
  // The engine insists on the real time as $$.Execution.StartTime.
  const onVirtualTime = JSON.parse(
    JSON.stringify(definition).replace('$$.Execution.StartTime', () => '$$.Execution.VirtualStartTime'),
  );
  const machine = new StateMachine(onVirtualTime, { validationOptions: { noValidate: true } });
  const { result, eventLogs, abort } = machine.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(
        stepNames.map((step) => [step, (payload: unknown) => asLambda(handlers[step], payload)]),
      ) as never,
      waitTimeOverrides: Object.fromEntries(waitsOf(definition).map((state) => [state, 0])),
      retryIntervalOverrides: Object.fromEntries(stepNames.map((step) => [step, 0])),
    },
    context: {
      Execution: {
        Id: `arn:aws:states:us-east-1:000000000000:execution:Rollout:${execution.name}`,
        Name: execution.name,
        VirtualStartTime: execution.startedAt,
      },
    } as never,
  });
  const run: Run = {
    succeeded: false,
    output: null,
    error: null,
    cause: null,
    states: [],
    caught: [],
    retried: [],
    events: 2,
    largestStateBytes: 0,
  };
  const ended = result.then(
    (output) => Object.assign(run, { succeeded: true, output }),
    () => run,
  );
  for await (const event of eventLogs) {
    const state = 'state' in event ? event.state : undefined;
    if (event.type === 'StateEntered' && state) {
      run.states.push(state.name);
      if (run.states.length > maximumStates) {
        abort();
        throw new Error(`More than ${maximumStates} states: ${run.states.slice(-5).join(', ')} ...`);
      }
      run.events += EVENTS[state.type] ?? 2;
      run.largestStateBytes = Math.max(run.largestStateBytes, Buffer.byteLength(JSON.stringify(state.input)));
    }
    if (event.type === 'StateRetried' && state) {
      run.retried.push(
        `${state.name}:${(event as unknown as { retry: { retrier: { ErrorEquals: string[] } } }).retry.retrier.ErrorEquals[0]}`,
      );
      run.events += 3;
    }
    if (event.type === 'StateCaught' && state) run.caught.push(state.name);
    if (event.type === 'ExecutionFailed') Object.assign(run, { error: event.Error, cause: event.Cause });
  }
  return await ended;
}

/** As Lambda passes on what a function throws: the name is the error, name and message as JSON are the cause. */
async function asLambda(handler: Handler, payload: unknown): Promise<unknown> {
  try {
    // Through JSON, as every payload and result of a function goes.
    const output = await handler(JSON.parse(JSON.stringify(payload)));
    return JSON.parse(JSON.stringify(output));
  } catch (error) {
    const { name, message } = error as Error;
    throw Object.assign(new Error(JSON.stringify({ errorType: name, errorMessage: message, trace: [] })), { name });
  }
}
