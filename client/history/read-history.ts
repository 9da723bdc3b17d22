// Reads an execution's history: events in, changes out. Knows neither the network nor the time.
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { type Outcome, OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import { describeOutput } from './describe-output.ts';
import { describeWait, isWait } from './describe-wait.ts';
import type { ExecutionStatus, StateChange, StateKind } from './state-change.ts';

type State = Record<string, unknown>;

interface CurrentState {
  name: string;
  enteredAt: Date;
  attempts: number;
  failure: { error: string; cause: string } | null;
}

/** Whole state names with their kinds: `TaskStateEntered`, `WaitStateExited`. */
const BOUNDARY = /^(Task|Wait|Choice|Pass|Succeed|Fail)State(Entered|Exited)$/;
// A Lambda task tells of itself in LambdaFunction* events, other integrations in Task*:
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
const SCHEDULED = /^(LambdaFunction|Task)Scheduled$/;
const WORKED = /^(LambdaFunction|Task)Succeeded$/;
const FAILED =
  /^(LambdaFunction(ScheduleFailed|StartFailed|Failed|TimedOut)|Task(StartFailed|SubmitFailed|Failed|TimedOut))$/;
const ENDS: Record<string, ExecutionStatus> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/**
 * A reader of one execution, to be given its events one by one in the order of their ids. The machine has no Parallel and
 * no Map, so that there is one current state at a time.
 */
export function historyReader(): (event: HistoryEvent) => StateChange[] {
  let current: CurrentState | null = null;
  let outcome: Outcome | null = null;

  return (event) => {
    const at = event.timestamp ?? new Date(0);
    const type = event.type ?? '';
    const [, kind, edge] = BOUNDARY.exec(type) ?? [];
    if (type === 'ExecutionStarted') return [{ type: 'started', at }];

    if (edge === 'Entered') {
      const name = event.stateEnteredEventDetails?.name ?? '';
      current = { name, enteredAt: at, attempts: 0, failure: null };
      const told = kindOf(kind, name);
      const wait = told === 'Wait' ? describeWait(name, parse(event.stateEnteredEventDetails?.input)) : null;
      const { reason = null, seconds: waitSeconds = null } = wait ?? {};
      return [{ type: 'entered', at, state: name, kind: told, reason, waitSeconds }];
    }
    if (edge === 'Exited') {
      const state = event.stateExitedEventDetails?.name ?? '';
      const output = parse(event.stateExitedEventDetails?.output);
      const { enteredAt = at, attempts = 0, failure: caught = null } = current ?? {};
      const of = kindOf(kind, state);
      const told = caught === null && of === 'Task' ? describeOutput(state, output) : { verdict: null, result: '' };
      if (state === 'RecordOutcome' && caught === null) outcome = outcomeIn(output.outcome);
      current = null;
      const seconds = (at.getTime() - enteredAt.getTime()) / 1000;
      return [{ type: 'exited', at, state, kind: of, seconds, attempts, ...told, caught }];
    }
    if (current !== null && SCHEDULED.test(type)) {
      current.attempts += 1;
      current.failure = null;
    }
    if (current !== null && WORKED.test(type)) current.failure = null;
    if (current !== null && FAILED.test(type)) {
      const { error = 'Unknown', cause = '' } = detailsOf(event);
      // How a wait ends that nobody ended: its time is over. AWS tells it as TaskTimedOut, the local cloud as TaskFailed.
      if (isWait(current.name) && error === 'States.Timeout') return [];
      current.failure = { error, cause: messageIn(cause) };
      return [{ type: 'attemptFailed', at, state: current.name, attempt: current.attempts, ...current.failure }];
    }
    const status = ENDS[type];
    if (status !== undefined) {
      const { output, error = null, cause = null } = detailsOf(event);
      if (status === 'SUCCEEDED') outcome = outcomeIn(parse(output)) ?? outcome;
      return [{ type: 'ended', at, status, outcome, error, cause: cause === null ? null : messageIn(cause) }];
    }
    return [];
  };
}

/** A wait is a task to Step Functions, which ends by its token. */
const kindOf = (kind: string | undefined, state: string): StateKind => (isWait(state) ? 'Wait' : (kind as StateKind));

/** `LambdaFunctionFailed` keeps what it has to say in `lambdaFunctionFailedEventDetails`; so do the others. */
function detailsOf(event: HistoryEvent): { error?: string; cause?: string; output?: string } {
  const type = event.type ?? '';
  const key = `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
  return (event as unknown as Record<string, object | undefined>)[key] ?? {};
}

/** Lambda's causes are JSON: `{"errorType", "errorMessage", "trace"}`. Others are text. */
function messageIn(cause: string): string {
  const { errorMessage } = parse(cause);
  return typeof errorMessage === 'string' ? errorMessage : cause;
}

function outcomeIn(value: unknown): Outcome | null {
  const read = OutcomeSchema.safeParse(value);
  return read.success ? read.data : null;
}

function parse(json: string | undefined): State {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return value !== null && typeof value === 'object' ? (value as State) : {};
  } catch {
    return {};
  }
}
