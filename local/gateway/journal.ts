// Remembers the latest calls that passed the gateway.

export interface RecordedCall {
  /** When it arrived, ISO 8601. */
  time: string;
  /** The function's name; `root` for the account's own key; the role session's or user's ARN otherwise. */
  caller: string;
  service: string;
  operation: string;
  /** HTTP status; 0 when the connection broke before an answer. */
  status: number;
  durationMs: number;
  /** AWS's error code, where the answer carried one in its headers. */
  error?: string;
}

export type CallFilter = Partial<Pick<RecordedCall, 'caller' | 'service' | 'operation' | 'error'>>;

/** 20,000 calls are about 5 MB and some two hundred rollouts. */
const CAPACITY = 20_000;

export class Journal {
  readonly #calls: RecordedCall[] = [];
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  record(call: RecordedCall): void {
    this.#calls.push(call);
    // In blocks: shifting one element of a large array at every call would be felt.
    if (this.#calls.length > this.#capacity * 1.1) this.#calls.splice(0, this.#calls.length - this.#capacity);
  }

  /** The calls that match, oldest first. */
  calls(filter: CallFilter = {}): RecordedCall[] {
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    return this.#calls.filter((call) => wanted.every(([key, value]) => call[key as keyof RecordedCall] === value));
  }

  clear(): void {
    this.#calls.length = 0;
  }
}
