// Which endpoint failed, of the two that a rollout may have made, and what is known of it.
import type { ModelErrorSeen } from '../../../state-machine/contract/outputs.ts';
import type { RolloutEnd } from '../outcome/outcome.ts';

export interface FailedEndpoint {
  /** Whose containers may say why; null where none was started. */
  readonly endpointName: string | null;
  /** ISO 8601: what was printed before has nothing to do with it. */
  readonly since: string;
  readonly status: string | null;
  readonly failureReason: string | null;
  readonly modelErrors: readonly ModelErrorSeen[];
}

type End = Pick<
  RolloutEnd,
  'execution' | 'plan' | 'candidate' | 'candidateCanaryInvocations' | 'deployment' | 'canaryInvocations'
>;

/** The live endpoint once it was asked to change, or was verified; before that the candidate. */
export function failedEndpoint({
  execution,
  plan,
  candidate,
  candidateCanaryInvocations,
  deployment,
  canaryInvocations,
}: End): FailedEndpoint {
  const planned = plan !== null && 'document' in plan ? plan : null;
  const isLive = deployment !== null || canaryInvocations !== null;
  const asked = isLive ? deployment : candidate;
  const names = planned === null ? [null, null] : [planned.endpointName, planned.candidate?.endpointName ?? null];
  return {
    endpointName: (isLive ? names[0] : candidate === null ? null : names[1]) ?? null,
    since: asked?.startedAt ?? execution.startedAt,
    status: asked?.status ?? null,
    failureReason: asked?.failureReason ?? null,
    modelErrors: (isLive ? canaryInvocations : candidateCanaryInvocations)?.modelErrors ?? [],
  };
}
