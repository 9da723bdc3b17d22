// One execution of a machine with scripted tasks, whichever engine runs it.
import type { StepName } from '../../state-machine/contract/steps.ts';
import type { AWAIT_CHANGE } from '../../state-machine/contract/waits.ts';

export type Handler = (payload: Record<string, unknown>) => Promise<unknown>;
/** What the function of the waits returns ends them. */
export type Handlers = Record<StepName | typeof AWAIT_CHANGE, Handler>;

export interface Run {
  succeeded: boolean;
  /** Of a success; null of a failure, which has Error and Cause instead. */
  output: unknown;
  error: string | null;
  cause: string | null;
  /** Every state that was entered, in order, retries not counted. */
  states: string[];
  /** States whose Catch was taken, and of each retry the state. */
  caught: string[];
  retried: string[];
  /** Events of the execution's history as Step Functions counts them, and the largest state in bytes. */
  events: number;
  largestStateBytes: number;
}

export type Engine = (definition: object, handlers: () => Handlers, input: object) => Promise<Run>;

/** The longest way has fewer than 100; a mutant may go in circles for ever. */
export const MAXIMUM_STATES = 500;
export const EXECUTION = { name: 'rollout-1', startedAt: '2026-01-01T00:00:00.000Z' };
export const EXECUTION_ARN = `arn:aws:states:us-east-1:000000000000:execution:Rollout:${EXECUTION.name}`;

export const tooLong = (states: readonly string[]) =>
  new Error(`More than ${MAXIMUM_STATES} states: ${states.slice(-5).join(', ')} ...`);

/** What Lambda makes of the error that a function throws: its name, with name and message as JSON for a cause. */
export const causeOf = ({ name, message }: Error) =>
  JSON.stringify({ errorType: name, errorMessage: message, trace: [] });
