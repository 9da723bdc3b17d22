// A kind of change: what is there before, and what is asked for.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import type { BaseName, Begin } from './bases.ts';
import type { EndName } from './ends.ts';

export interface Change {
  readonly base: BaseName;
  /** What is there before where it is refused, or taken back on an alarm. */
  readonly refusedOn?: BaseName;
  readonly alarmedOn?: BaseName;
  readonly begin: (end: EndName) => Begin;
  /** How it ends as wanted; by default `deployed`. */
  readonly outcome?: OutcomeName;
  /** The kind from which it differs only in some functions. */
  readonly like?: string;
  /** Those functions; by default those that work while the endpoint changes. */
  readonly own?: readonly string[];
  /** The function that asks a model without golden cases. */
  readonly asks?: string;
}
