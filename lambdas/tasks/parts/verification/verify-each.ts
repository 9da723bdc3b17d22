// Verifies whatever an endpoint serves with: its one variant as it is, or each of several.
import type { CanaryInvocationsOutput, LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import type { EndpointConfigSpec, Plan } from '../../../../state-machine/contract/plan.ts';
import type { DocumentRef } from '../../../../state-machine/contract/resolved-request.ts';
import { casesOf } from '../../../core/planning/variant-cases.ts';
import type { ServingPorts, Verified } from './confirm-serving.ts';
import { runVerification } from './run-verification.ts';
import type { Verification } from './verification.ts';
import { verifyVariants } from './verify-variants.ts';

export async function verifyEach(
  ports: ServingPorts,
  lease: LeaseOutput,
  target: Verified,
  plan: Plan,
  { variants }: Pick<EndpointConfigSpec, 'variants'>,
  before: CanaryInvocationsOutput | null,
  verificationOf: (target: Verified, goldenCases: DocumentRef | null) => Verification,
): Promise<CanaryInvocationsOutput> {
  const names = variants.filter(({ role }) => role === 'production').map(({ name }) => name);
  const [first = ''] = names;
  if (names.length <= 1)
    return runVerification(ports, lease, target, verificationOf(target, casesOf(plan, first)), before);
  const ofVariant = (own: Verified, name: string) => verificationOf(own, casesOf(plan, name));
  return verifyVariants(ports, lease, target, names, ofVariant, before);
}
