// One line of text for each change that a person wants to see.
import type { StateChange } from '../../client/history/state-change.ts';

const NAME_WIDTH = 21;

/**
 * @param startedAt when the rollout began: every line begins with the seconds since
 * @returns null for changes that say nothing by themselves: routing states, and tasks as they begin
 */
export function changeLine(change: StateChange, startedAt: Date): string | null {
  const since = seconds((change.at.getTime() - startedAt.getTime()) / 1000).padStart(9);
  const line = (state: string, took: string, told: string) =>
    `${since}  ${state.padEnd(NAME_WIDTH)} ${took.padStart(8)}  ${told}`.trimEnd();
  switch (change.type) {
    case 'started':
      return null;
    case 'entered': {
      if (change.kind !== 'Wait') return null;
      const planned = change.waitSeconds === null ? '' : seconds(change.waitSeconds);
      return line(change.state, planned, `waits: ${change.reason ?? 'no reason is known'}`);
    }
    case 'attemptFailed':
      return line(
        change.state,
        '',
        `attempt ${change.attempt} failed: ${change.error}${change.cause && `: ${oneLine(change.cause)}`}`,
      );
    case 'exited': {
      if (change.kind !== 'Task') return null;
      const attempts = change.attempts > 1 ? ` (after ${change.attempts} attempts)` : '';
      const told = change.caught === null ? change.result : `gave up: ${change.caught.error}`;
      return line(change.state, seconds(change.seconds), `${oneLine(told)}${attempts}`);
    }
    case 'ended': {
      const { outcome, status } = change;
      const ended = outcome === null ? status : `${outcome.outcome}${outcome.verified ? ` (${outcome.verified})` : ''}`;
      return line('Ended', '', ended);
    }
  }
}

/** `0.25 s`, `12.3 s`, `1,234 s`. */
export function seconds(value: number): string {
  const digits = value < 10 ? 2 : value < 1000 ? 1 : 0;
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} s`;
}

const oneLine = (text: string) => text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 300);
