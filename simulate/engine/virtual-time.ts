// Virtual time: what waits is woken in the order of its moments, one at a time, and nothing else makes time pass.

interface Waiting {
  readonly at: number;
  readonly order: number;
  wake: (() => void) | null;
}

export class VirtualTime {
  now: number;
  /** A binary heap by moment, then by order of arrival. */
  readonly #waiting: Waiting[] = [];
  #arrived = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** Calls `wake` at a moment, in whole milliseconds; what lies in the past is due at once. The answer takes it back. */
  at(moment: number, wake: () => void): () => void {
    const waiting: Waiting = { at: Math.max(Math.ceil(moment), this.now), order: this.#arrived++, wake };
    push(this.#waiting, waiting);
    return () => {
      waiting.wake = null;
    };
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.now + milliseconds, resolve));
  }

  /** Lets time pass until nothing waits any more, `isOver` says so, or the moment `until` has come. */
  async run(isOver: () => boolean = () => false, until = Number.POSITIVE_INFINITY): Promise<void> {
    await settled();
    while (!isOver()) {
      const next = this.#waiting[0];
      if (next === undefined || next.at > until) break;
      pop(this.#waiting);
      if (next.wake === null) continue;
      this.now = next.at;
      next.wake();
      await settled();
    }
    if (until !== Number.POSITIVE_INFINITY && !isOver()) this.now = Math.max(this.now, until);
  }
}

/** Every promise and stream that can go on has gone on: immediates come after all of them. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const before = (one: Waiting, other: Waiting) => one.at < other.at || (one.at === other.at && one.order < other.order);

function push(heap: Waiting[], item: Waiting): void {
  let index = heap.push(item) - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!before(item, heap[parent]!)) break;
    heap[index] = heap[parent]!;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Waiting[]): void {
  const item = heap.pop()!;
  if (heap.length === 0) return;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
    if (!before(heap[child]!, item)) break;
    heap[index] = heap[child]!;
    index = child;
  }
  heap[index] = item;
}
