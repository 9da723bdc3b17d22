// A rule that never bends, and what a scenario may expect of it.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import type { Evidence } from './evidence.ts';

/** What a scenario says of itself, beside what its run shows. */
export interface Expectation {
  /** How the rollout that it is about must end; null where more than one end is right. */
  readonly ends?: OutcomeName | null;
  /** Somebody else changes the endpoint, or what fails goes on failing: then the rollback may fail too. */
  readonly mayNeedAttention?: boolean;
  /** Somebody else changes the endpoint. */
  readonly outsider?: boolean;
  /** Endpoints that a retirement may delete. */
  readonly mayDelete?: boolean;
  /** Nobody may hear of an outcome that is recorded: then the execution fails all the same. */
  readonly mayBeUnreported?: boolean;
  /** The ledger may be out of reach for ever: then no outcome can be written. */
  readonly mayLackOutcome?: boolean;
}

export interface Rule {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  /** What broke it, in words. */
  readonly broken: (evidence: Evidence, expectation: Expectation) => string[];
}
