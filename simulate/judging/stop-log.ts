// Who was asked to stop while he waited, and did not go on within the time that a person is promised.
import type { Lease } from '../../state-machine/contract/lease.ts';
import { AWAIT_CHANGE, type WaitName, waits } from '../../state-machine/contract/waits.ts';
import type { Account } from '../world/account.ts';

const HEARD_MILLISECONDS = 10_000;
/** Faults that lie further back have been retried by then. */
const FAULTY_MILLISECONDS = 60_000;
/** They go on, whoever asks. */
const UNSTOPPABLE: readonly WaitName[] = ['WaitForRollback', 'WaitForRetirement'];
/** What comes of races and of answers that come late, and is no fault. */
const EXPECTED = ['ConditionalCheckFailedException', 'TaskTimedOut'];

export class StopLog {
  readonly unheard: string[] = [];
  readonly #account: Account;
  readonly #asked = new Set<string>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** A lease as it was just written. */
  look({ owner, stopRequestedBy, cancellations = [] }: Partial<Lease>): void {
    const stopped = stopRequestedBy != null && owner != null ? [owner.rollout.rolloutId] : [];
    for (const rolloutId of [...stopped, ...cancellations.map((each) => each.rolloutId)]) {
      if (this.#asked.has(rolloutId)) continue;
      this.#asked.add(rolloutId);
      this.#watch(rolloutId);
    }
  }

  #watch(rolloutId: string): void {
    const { time, executions, calls } = this.#account;
    const execution = [...executions.values()].find(({ name }) => name === rolloutId);
    if (execution?.status !== 'RUNNING') return;
    const { state } = execution.position;
    if (!Object.hasOwn(waits, state) || UNSTOPPABLE.includes(state as WaitName)) return;
    // Of a machine of before waits had tokens.
    if (!calls.some(({ by }) => by.of.step === AWAIT_CHANGE && by.executionName === rolloutId)) return;
    const visits = execution.states.length;
    const askedAt = time.now;
    time.at(askedAt + HEARD_MILLISECONDS, () => {
      const waits = execution.status === 'RUNNING' && execution.states.length === visits;
      if (waits && !this.#hasFaults(askedAt)) this.unheard.push(`${rolloutId} in ${state}`);
    });
  }

  #hasFaults(askedAt: number): boolean {
    return this.#account.calls.some(
      ({ at, error }) => at >= askedAt - FAULTY_MILLISECONDS && error !== null && !EXPECTED.includes(error),
    );
  }
}
