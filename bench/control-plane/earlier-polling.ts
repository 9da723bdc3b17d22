// How late the deployer of before events was, by its own arithmetic: commit d1df763, which only polled.

/** Its `pollIntervalSeconds`: max(5 s, 2 % of the time waited), at most 90 s. */
export const earlierInterval = (waitedSeconds: number): number =>
  Math.min(90, Math.max(5, Math.floor(waitedSeconds * 0.02)));

/** What its looks took, a state, a function and a call: measured with it in real time, see docs/benchmarks.md. */
const LOOK_SECONDS = 0.07;

/** From an endpoint's being in service, after `provisioningSeconds`, to the end of the look that saw it. */
export function earlierLag(provisioningSeconds: number): number {
  let looked = earlierInterval(0);
  while (looked < provisioningSeconds) looked += LOOK_SECONDS + earlierInterval(looked + LOOK_SECONDS);
  return looked - provisioningSeconds + LOOK_SECONDS;
}
