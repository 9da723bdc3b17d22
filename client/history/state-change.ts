// What a watcher hears about a rollout: one value for each thing that happened to it, in order.
import type { Outcome } from '../../state-machine/contract/outcome.ts';

export type ExecutionStatus = 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
export type StateKind = 'Task' | 'Wait' | 'Choice' | 'Pass' | 'Succeed' | 'Fail';

interface Change {
  /** When it happened, by Step Functions' clock. */
  at: Date;
}

export interface ExecutionStarted extends Change {
  type: 'started';
}

export interface StateEntered extends Change {
  type: 'entered';
  state: string;
  kind: StateKind;
  /** For a wait: why, and how long it will be; else null. */
  reason: string | null;
  waitSeconds: number | null;
}

/** One attempt of a task went wrong; whether the state tries again shows in what follows. */
export interface AttemptFailed extends Change {
  type: 'attemptFailed';
  state: string;
  /** 1 for the first. */
  attempt: number;
  error: string;
  cause: string;
}

export interface StateExited extends Change {
  type: 'exited';
  state: string;
  kind: StateKind;
  seconds: number;
  attempts: number;
  /** The verdict of a task that has one, such as `accepted` or `inProgress`. */
  verdict: string | null;
  /** What came of it, in words; empty where there is nothing to say. */
  result: string;
  /** The error that left the state through its Catch. */
  caught: { error: string; cause: string } | null;
}

/** Always the last. */
export interface ExecutionEnded extends Change {
  type: 'ended';
  status: ExecutionStatus;
  /** Null when none could be recorded: aborted, timed out, or RecordOutcome itself failed. */
  outcome: Outcome | null;
  error: string | null;
  cause: string | null;
}

export type StateChange = ExecutionStarted | StateEntered | AttemptFailed | StateExited | ExecutionEnded;
