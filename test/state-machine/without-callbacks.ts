// What aws-local-stepfunctions cannot play: it knows neither task tokens nor answers to them.
import type { State } from './machine.ts';

/** Payload of a callback state. */
type Payload = Record<string, unknown>;

/**
 * The machine with a plain task in place of each callback state: the same function, retries and ways on, without a token and time and
 * ended by what the function returns. `leftOut` names them: what is theirs alone is in test/simulate/callbacks.test.ts.
 */
export function withoutCallbacks<Machine extends { States: Record<string, State & { Resource?: string }> }>(
  machine: Machine,
): { machine: Machine; leftOut: string[] } {
  const leftOut: string[] = [];
  const States = Object.fromEntries(
    Object.entries(machine.States).map(([name, state]) => {
      if (!state.Resource?.endsWith('.waitForTaskToken')) return [name, state];
      leftOut.push(name);
      const { FunctionName, Payload } = state.Parameters as { FunctionName: string; Payload: Payload };
      const Parameters = Object.fromEntries(Object.entries(Payload).filter(([, from]) => from !== '$$.Task.Token'));
      // AWS reads the time from the state's input, as our engine does; the other from the parameters:
      // https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html#task-state-example
      const { TimeoutSecondsPath: _, ...others } = state;
      return [name, { ...others, Resource: FunctionName, Parameters }];
    }),
  );
  return { machine: { ...machine, States }, leftOut };
}
