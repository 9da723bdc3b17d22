// What a number of measured requests says: whether there were enough, how many failed, how long they took.
import type { CanaryInvocationsOutput } from '../../../state-machine/contract/outputs.ts';
import type { CanaryInvocationThresholds } from '../../../state-machine/contract/resolved-request.ts';

/** One measured request: whether its status was as expected, and how long it took. */
export interface Sample {
  ok: boolean;
  milliseconds: number;
}

type Measured = Pick<CanaryInvocationsOutput, 'requests' | 'latencyMilliseconds'>;

export const measured = (samples: readonly Sample[]): Measured => ({
  requests: { sent: samples.length, failed: samples.filter((sample) => !sample.ok).length },
  latencyMilliseconds: percentiles(samples.map((sample) => sample.milliseconds)),
});

/** Why the measurement is not good enough, one sentence each; too few samples are no pass. */
export function measurementFaults(samples: readonly Sample[], thresholds: CanaryInvocationThresholds): string[] {
  const { requests, latencyMilliseconds } = measured(samples);
  const { sent, failed } = requests;
  const faults: string[] = [];
  if (sent < thresholds.requests) {
    faults.push(`Only ${sent} of ${thresholds.requests} requests were answered in the time for the canary run.`);
  }
  if (100 * failed > thresholds.maximumErrorPercent * sent) {
    faults.push(
      `${failed} of ${sent} requests failed; canaryInvocations.maximumErrorPercent allows ${thresholds.maximumErrorPercent} %.`,
    );
  }
  if (latencyMilliseconds !== null && latencyMilliseconds.p99 > thresholds.maximumP99Milliseconds) {
    faults.push(
      `The 99th percentile of the latency is ${Math.round(latencyMilliseconds.p99)} ms; canaryInvocations.maximumP99Milliseconds allows ${thresholds.maximumP99Milliseconds}.`,
    );
  }
  return faults;
}

/** Nearest rank: the smallest value that at least p % of the samples do not exceed. Null without samples. */
function percentiles(values: number[]): Measured['latencyMilliseconds'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? 0;
  return { p50: rank(50), p95: rank(95), p99: rank(99) };
}
