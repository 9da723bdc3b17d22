// The verdict on a canary run, in numbers. No data is not a pass.
import type { CanaryInvocationsOutput } from '../../../state-machine/contract/outputs.ts';
import type { CanaryInvocationThresholds } from '../../../state-machine/contract/resolved-request.ts';
import { measured, measurementFaults, type Sample } from './measurement.ts';

export interface GoldenResult {
  name: string;
  mismatches: string[];
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

/** What adding golden cases means, for every text that advises it. */
export const ADD_GOLDEN_CASES = 'Add golden.json to the archive, or canaryInvocations.cases to the request.';

const SHOWN_MISMATCHES = 10;

/** SageMaker's own health check was passed, and no answer was judged. */
export const healthOnly = (warning: string): CanaryVerdict => ({
  ...NOTHING_JUDGED,
  verdict: 'passed',
  verified: 'healthOnly',
  warnings: [warning],
  failure: null,
});

/**
 * @param golden every case with what was different; empty when there are no cases
 * @param samples the measured requests; may be fewer than wanted when time ran out, which fails
 */
export function judgeCanaryInvocations(
  golden: GoldenResult[],
  samples: Sample[],
  thresholds: CanaryInvocationThresholds,
): CanaryVerdict {
  if (golden.length === 0)
    return healthOnly(`No golden cases: only SageMaker's own health check was passed. ${ADD_GOLDEN_CASES}`);
  const wrong = golden.filter((result) => result.mismatches.length > 0);
  // After a wrong golden answer nothing was measured.
  const reasons =
    wrong.length === 0
      ? measurementFaults(samples, thresholds)
      : wrong
          .flatMap(({ name, mismatches }) => mismatches.map((mismatch) => `Golden case "${name}": ${mismatch}.`))
          .slice(0, SHOWN_MISMATCHES);
  return {
    ...NOTHING_JUDGED,
    ...measured(samples),
    ...passedUnless(reasons, 'golden'),
    goldenCases: { passed: golden.length - wrong.length, failed: wrong.length },
  };
}

/** A verdict by its reasons against it. */
export const passedUnless = (reasons: readonly string[], verified: NonNullable<CanaryVerdict['verified']>) =>
  reasons.length === 0
    ? ({ verdict: 'passed', verified, failure: null } as const)
    : ({ verdict: 'failed', verified: null, failure: { Error: 'CanaryFailed', Cause: reasons.join(' ') } } as const);
