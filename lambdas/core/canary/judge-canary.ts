// The verdict on a canary run, in numbers. No data is not a pass.
import type { CanaryInvocationsOutput } from '../../../state-machine/contract/outputs.ts';
import type { CanaryInvocationThresholds } from '../../../state-machine/contract/resolved-request.ts';

export interface GoldenResult {
  name: string;
  mismatches: string[];
}

/** One measured request: whether its status was as expected, and how long it took. */
export interface Sample {
  ok: boolean;
  milliseconds: number;
}

/** A verdict, without how long it took to come to it. */
export type CanaryVerdict = Omit<CanaryInvocationsOutput, 'verdict' | 'startedAt' | 'waitSeconds' | 'progress'> & {
  verdict: 'passed' | 'failed';
};

/** Where no answer has been judged: all but the verdict and its reason. */
export const NOTHING_JUDGED = {
  verified: null,
  goldenCases: { passed: 0, failed: 0 },
  requests: { sent: 0, failed: 0 },
  latencyMilliseconds: null,
  modelSha256: null,
  warnings: [],
} satisfies Partial<CanaryVerdict>;

const SHOWN_MISMATCHES = 10;

/**
 * @param golden every case with what was different; empty when there are no cases
 * @param samples the measured requests; may be fewer than wanted when time ran out, which fails
 */
export function judgeCanaryInvocations(
  golden: GoldenResult[],
  samples: Sample[],
  thresholds: CanaryInvocationThresholds,
): CanaryVerdict {
  const wrong = golden.filter((result) => result.mismatches.length > 0);
  const failedRequests = samples.filter((sample) => !sample.ok).length;
  const latency = percentiles(samples.map((sample) => sample.milliseconds));
  const reasons = [
    ...wrong
      .flatMap(({ name, mismatches }) => mismatches.map((mismatch) => `Golden case "${name}": ${mismatch}.`))
      .slice(0, SHOWN_MISMATCHES),
  ];
  // After a wrong golden answer nothing was measured.
  if (golden.length > 0 && wrong.length === 0) {
    if (samples.length < thresholds.requests) {
      reasons.push(
        `Only ${samples.length} of ${thresholds.requests} requests were answered in the time for the canary run.`,
      );
    }
    if (100 * failedRequests > thresholds.maximumErrorPercent * samples.length) {
      reasons.push(
        `${failedRequests} of ${samples.length} requests failed; canaryInvocations.maximumErrorPercent allows ${thresholds.maximumErrorPercent} %.`,
      );
    }
    if (latency !== null && latency.p99 > thresholds.maximumP99Milliseconds) {
      reasons.push(
        `The 99th percentile of the latency is ${Math.round(latency.p99)} ms; canaryInvocations.maximumP99Milliseconds allows ${thresholds.maximumP99Milliseconds}.`,
      );
    }
  }
  const passed = reasons.length === 0;
  const healthOnly = golden.length === 0;
  return {
    verdict: passed ? 'passed' : 'failed',
    verified: passed ? (healthOnly ? 'healthOnly' : 'golden') : null,
    goldenCases: { passed: golden.length - wrong.length, failed: wrong.length },
    requests: { sent: samples.length, failed: failedRequests },
    latencyMilliseconds: latency,
    modelSha256: null,
    warnings: healthOnly
      ? [
          "No golden cases: only SageMaker's own health check was passed. Add golden.json to the archive, or canaryInvocations.cases to the request.",
        ]
      : [],
    failure: passed ? null : { Error: 'CanaryFailed', Cause: reasons.join(' ') },
  };
}

/** Nearest rank: the smallest value that at least p % of the samples do not exceed. Null without samples. */
function percentiles(values: number[]): CanaryInvocationsOutput['latencyMilliseconds'] {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (p: number) => sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)] ?? 0;
  return { p50: rank(50), p95: rank(95), p99: rank(99) };
}
