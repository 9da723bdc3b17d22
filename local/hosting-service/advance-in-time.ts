// Takes the hosting simulator on as real time passes: changes come to their end even while nobody calls, each at its moment.

interface Simulator {
  advance(): void;
  nextChange(): number | null;
}

/** Whatever begins by a call is noticed so soon; what its end is known of comes to the millisecond. */
const LOOK_EVERY_MS = 200;

/**
 * @param now the simulator's clock
 * @returns what ends it
 */
export function advanceInTime(simulator: Simulator, now: () => number = Date.now): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const next = simulator.nextChange() ?? Number.POSITIVE_INFINITY;
    timer = setTimeout(
      () => {
        simulator.advance();
        arm();
      },
      Math.min(LOOK_EVERY_MS, Math.max(1, Math.ceil(next - now()))),
    );
  };
  arm();
  return () => clearTimeout(timer);
}
