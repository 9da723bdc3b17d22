// Where a sweep begins, so that what is left over for want of time is not always the same.

/** As often as the sweeper runs by itself. */
const SWEEP_MILLISECONDS = 5 * 60_000;
/** At most what a sweep manages: each begins within the part of the one before it, and none of the list is passed over. */
const STRIDE = 200;

/** The list, from a place that moves on with each sweep, and once around. */
export function inTurn<T>(list: readonly T[], now: Date): T[] {
  const from = list.length === 0 ? 0 : (Math.floor(now.getTime() / SWEEP_MILLISECONDS) * STRIDE) % list.length;
  return [...list.slice(from), ...list.slice(0, from)];
}
