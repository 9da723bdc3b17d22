// The verdict on several variants, one after the other: each must pass, and the weakest says how far the answers were checked.
import type { Verified } from '../../../state-machine/contract/outcome.ts';
import { VerifiedSchema } from '../../../state-machine/contract/outcome.ts';
import type { CanaryInvocationsOutput, VerifiedVariant } from '../../../state-machine/contract/outputs.ts';

/** The strongest first. */
const strength: readonly Verified[] = VerifiedSchema.options;

/** What came of one variant, in the list of all. */
export const verifiedVariant = (variantName: string, output: CanaryInvocationsOutput): VerifiedVariant => {
  const { verified, goldenCases, requests, latencyMilliseconds, modelSha256 } = output;
  return { variantName, verified, goldenCases, requests, latencyMilliseconds, modelSha256 };
};

/** The numbers of all that were verified so far: sums, of latencies the longest. */
export function joinedNumbers(
  variants: readonly VerifiedVariant[],
): Pick<CanaryInvocationsOutput, 'goldenCases' | 'requests' | 'latencyMilliseconds' | 'modelSha256'> {
  const sum = (of: (variant: VerifiedVariant) => number) => variants.reduce((total, variant) => total + of(variant), 0);
  const latencies = variants.flatMap(({ latencyMilliseconds }) => latencyMilliseconds ?? []);
  const longest = (percentile: 'p50' | 'p95' | 'p99') => Math.max(...latencies.map((each) => each[percentile]));
  return {
    goldenCases: {
      passed: sum(({ goldenCases }) => goldenCases.passed),
      failed: sum(({ goldenCases }) => goldenCases.failed),
    },
    requests: { sent: sum(({ requests }) => requests.sent), failed: sum(({ requests }) => requests.failed) },
    latencyMilliseconds:
      latencies.length === 0 ? null : { p50: longest('p50'), p95: longest('p95'), p99: longest('p99') },
    // Each has a model of its own.
    modelSha256: null,
  };
}

/** Null where one of them is not verified at all. */
export function weakest(variants: readonly VerifiedVariant[]): Verified | null {
  const ranks = variants.map(({ verified }) => (verified === null ? -1 : strength.indexOf(verified)));
  return ranks.includes(-1) ? null : (strength[Math.max(...ranks)] ?? null);
}
