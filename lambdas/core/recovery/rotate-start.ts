// Where a sweep begins, so that what is left over for want of time is not always the same.

/** How often the sweeper runs by itself. An abort is taken up within this time even if its event is lost: events of Step Functions are best effort. */
export const SWEEP_MINUTES = 5;
/** By which part of the list each begins further on: with the golden ratio the places of any number of sweeps lie evenly apart. */
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

/** The list, once around from a place of this sweep. Sweeps that manage a tenth of it have been everywhere after twenty. */
export function rotateStart<T>(list: readonly T[], now: Date): T[] {
  const sweeps = Math.floor(now.getTime() / (SWEEP_MINUTES * 60_000));
  const from = Math.floor(list.length * ((sweeps * GOLDEN_RATIO) % 1));
  return [...list.slice(from), ...list.slice(0, from)];
}
