// Verifies several variants of one endpoint, each by itself, whatever its share of the traffic: one in each function.
import type { CanaryInvocationsOutput, LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { joinedNumbers, verifiedVariant, weakest } from '../../../core/canary/joined-verdict.ts';
import { NOTHING_JUDGED } from '../../../core/canary/judge-canary.ts';
import type { ServingPorts, Verified } from './confirm-serving.ts';
import { runVerification } from './run-verification.ts';
import type { Verification } from './verification.ts';

/** The function has 15 minutes, and one variant may need most of them. */
const UNTIL_NEXT_SECONDS = 1;

/**
 * @param names of the variants, in the order in which they are asked
 * @param verificationOf how one of them is asked
 * @param before the output of the step before; null where the first is still to be asked
 */
export async function verifyVariants(
  ports: ServingPorts,
  lease: LeaseOutput,
  target: Verified,
  names: readonly string[],
  verificationOf: (target: Verified, variantName: string) => Verification,
  before: CanaryInvocationsOutput | null,
): Promise<CanaryInvocationsOutput> {
  const underWay = before?.verdict === 'waiting' ? before : null;
  const done = underWay?.variants ?? [];
  const name = names[done.length] ?? '';
  const own = { ...target, targetVariant: name };
  const output = await runVerification(ports, lease, own, verificationOf(own, name), underWay);
  const warnings = [...(underWay?.warnings ?? []), ...output.warnings.map((warning) => `Variant ${name}: ${warning}`)];
  if (output.verdict === 'waiting') return { ...output, variants: done, warnings };
  const variants = [...done, verifiedVariant(name, output)];
  const joined = { ...output, ...joinedNumbers(variants), variants, warnings };
  if (output.verdict === 'failed') {
    const { Error: error = '', Cause = '' } = output.failure ?? {};
    // Who is asked to stop, or finds the endpoint changed, has found nothing about the variant.
    const cause = error === 'CanaryFailed' ? `Variant ${name}: ${Cause}` : Cause;
    return { ...joined, verified: null, failure: { Error: error, Cause: cause } };
  }
  if (variants.length === names.length) return { ...joined, verified: weakest(variants) };
  return {
    ...NOTHING_JUDGED,
    ...joined,
    ...{ verdict: 'waiting', waitSeconds: UNTIL_NEXT_SECONDS, progress: null, verified: null },
  };
}
