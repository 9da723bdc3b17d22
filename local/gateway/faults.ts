// Faults that tests inject into calls: an error instead of the answer, a delay, a connection that breaks.
import type { AwsError } from './error-answer.ts';
import type { RecordedCall } from './journal.ts';

export interface Fault {
  /** What it hits; whatever is left out matches everything. `caller` is the function's name, or `root`. */
  service?: string;
  operation?: string;
  caller?: string | RegExp;
  /** How many calls it hits before it is spent. Default: all until it is removed. */
  times?: number;
  /** Milliseconds before anything else happens. */
  delayMs?: number;
  /** Answered instead of making the call. */
  error?: AwsError;
  /** `beforeCall` breaks the connection and makes no call; `afterCall` makes the call and loses its answer. */
  drop?: 'beforeCall' | 'afterCall';
}

export class Faults {
  readonly #active: { fault: Fault; left: number }[] = [];

  /** Adds a fault; of several that match, the oldest hits. Returns what removes it. */
  inject(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#active.push(entry);
    return () => this.#remove(entry);
  }

  clear(): void {
    this.#active.length = 0;
  }

  /** The fault that hits this call, now used once more. */
  take(call: Pick<RecordedCall, 'service' | 'operation' | 'caller'>): Fault | undefined {
    const entry = this.#active.find(({ fault }) => hits(fault, call));
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#remove(entry);
    return entry.fault;
  }

  #remove(entry: { fault: Fault; left: number }): void {
    const index = this.#active.indexOf(entry);
    if (index >= 0) this.#active.splice(index, 1);
  }
}

function hits(fault: Fault, call: Pick<RecordedCall, 'service' | 'operation' | 'caller'>): boolean {
  const { service, operation, caller } = fault;
  if (service !== undefined && service !== call.service) return false;
  if (operation !== undefined && operation !== call.operation) return false;
  if (caller === undefined) return true;
  return typeof caller === 'string' ? caller === call.caller : caller.test(call.caller);
}
