// Shows what goes on: lines that stay, and what is under way for longer than two seconds.
import type { Writable } from 'node:stream';
import type { StateChange } from '../../client/history/state-change.ts';
import { changeLine, seconds } from './change-line.ts';

const SILENCE_MS = 2000;
/** Where lines cannot be replaced: often enough to be alive, seldom enough for a log. */
const REPEAT_MS = 15_000;
const CLEAR_LINE = '\r\u001b[2K';

export interface Progress {
  /** One more line. */
  say(line: string): void;
  /** What is under way now; null: nothing. */
  under(what: string | null): void;
  /** A change of a rollout. */
  show(change: StateChange): void;
  /** Must be called at the end: a timer keeps going. */
  stop(): void;
}

/** On a terminal the last line tells what is under way and for how long; elsewhere a line now and then does. */
export function progress(to: Writable & { isTTY?: boolean; columns?: number } = process.stdout): Progress {
  let what: string | null = null;
  let since = Date.now();
  let saidAt = 0;
  let rolloutStartedAt: Date | null = null;
  const clear = () => {
    if (to.isTTY) to.write(CLEAR_LINE);
  };
  const say = (line: string) => {
    clear();
    to.write(`${line}\n`);
  };
  const tick = () => {
    const now = Date.now();
    if (what === null || now - since < SILENCE_MS) return;
    const line = `${what} ... ${seconds(Math.floor((now - since) / 1000)).replace(/\.\d+/, '')}`;
    if (to.isTTY) to.write(`${CLEAR_LINE}${line.slice(0, (to.columns ?? 80) - 1)}`);
    else if (now - saidAt >= REPEAT_MS) {
      saidAt = now;
      to.write(`${line}\n`);
    }
  };
  const timer = setInterval(tick, 250);
  const under = (next: string | null) => {
    clear();
    if (what !== next) {
      since = Date.now();
      saidAt = 0;
    }
    what = next;
  };
  return {
    say,
    under,
    show(change) {
      if (change.type === 'started') rolloutStartedAt = change.at;
      rolloutStartedAt ??= change.at;
      const line = changeLine(change, rolloutStartedAt);
      if (line !== null) say(line);
      if (change.type === 'entered' && (change.kind === 'Task' || change.kind === 'Wait')) {
        under(`           ${change.state}`);
        // A wait has just said how long it will be.
        if (change.kind === 'Wait') saidAt = Date.now();
      }
      if (change.type === 'exited' || change.type === 'ended') under(null);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
