// What a command leaves behind: one JSON object on stdout with --json, else text; and an exit status.
import type { Writable } from 'node:stream';
import type { ExecutionEnded } from '../../client/history/state-change.ts';
import { outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { exitStatus, exitStatusOf } from './exit-status.ts';

export interface Report {
  status: number;
  text: string;
  json: unknown;
}

/** Progress goes where the result does not: with --json stdout holds nothing but the one object. */
export const progressStream = ({ json }: { json?: boolean }): Writable & { isTTY?: boolean } =>
  json ? process.stderr : process.stdout;

export function reportEnd(executionArn: string, end: ExecutionEnded): Report {
  const { status, outcome, error, cause } = end;
  return {
    status: exitStatusOf(end),
    text: `\n${endText(end)}`,
    json: { executionArn, status, outcome, error, cause },
  };
}

/** An execution that was stopped, or could not record its outcome, has none until its recovery tells it. */
function endText({ status, outcome, error, cause }: ExecutionEnded): string {
  if (outcome !== null) return outcomeText(outcome);
  const what = { ABORTED: 'aborted', TIMED_OUT: 'timed out', FAILED: 'failed', SUCCEEDED: 'succeeded' }[status];
  const why = [error, cause].filter(Boolean).join(': ');
  return `The execution ${what} and left no outcome${why && `: ${why}`}\nNothing has taken it up in the time for that. What to do: docs/runbook.md#rollout-aborted`;
}

/** Of a rollout whose execution its author may not see. */
export function reportOutcome(outcome: Outcome): Report {
  const status = outcome.succeeded ? 'SUCCEEDED' : 'FAILED';
  const { executionArn, error, cause } = outcome;
  return {
    status: exitStatusOf({ status, outcome }),
    text: outcomeText(outcome),
    json: { executionArn, status, outcome, error, cause },
  };
}

export const reportDone = (text: string, json: unknown): Report => ({ status: exitStatus.ok, text, json });
