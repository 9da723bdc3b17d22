// Requests that were sent before the measurement: where an endpoint starts as it is asked, they say how it starts, not how fast it is.

/** More than a fresh endpoint needs; then it is slow. */
export const MAXIMUM_WARM_UPS = 5;

/**
 * For people; [] where none of them was slower than the measurement allows. OverheadLatency, of which callers wait, includes it:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
 */
export function coldStartWarnings(unmeasured: readonly number[], maximumP99Milliseconds: number): string[] {
  const slow = unmeasured.filter((milliseconds) => milliseconds > maximumP99Milliseconds);
  if (slow.length === 0) return [];
  const requests = slow.length === 1 ? '1 request' : `${slow.length} requests`;
  return [
    `${requests} before the measurement took longer than it allows, the slowest ${Math.round(Math.max(...slow))} ms: a serverless endpoint starts when it is asked. They are not measured; hosting.provisionedConcurrency keeps it warm.`,
  ];
}
