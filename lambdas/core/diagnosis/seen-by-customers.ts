// What whoever calls the endpoint got to see of a model that did not pass its verification.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import type { RolloutEnd } from '../outcome/outcome.ts';

type End = Pick<RolloutEnd, 'plan' | 'candidateCanaryInvocations' | 'deployment' | 'canaryInvocations'>;

/** A sentence; null where the failure is no verdict on answers, or no other model came into question. */
export function seenByCustomers(
  { plan, candidateCanaryInvocations, deployment, canaryInvocations }: End,
  { Error: name }: Failure,
): string | null {
  const planned = plan !== null && 'document' in plan ? plan : null;
  if (planned === null) return null;
  const { guarded, operation } = planned;
  if (deployment === null) {
    if (name !== 'CanaryFailed') return null;
    if (candidateCanaryInvocations !== null) return `${CALLERS} none of its answers: only a candidate had it.`;
    return canaryInvocations === null ? null : `${CALLERS} its answers before, and still do: it is what serves.`;
  }
  // SageMaker takes a guarded update back while traffic moves; another one comes into service first, or not at all.
  const isJudged = name === 'CanaryFailed' || (name === 'DeploymentRolledBack' && guarded);
  if (!isJudged || operation === 'configure') return null;
  if (guarded) return `${CALLERS} some of its answers: those of its share while the traffic moved.`;
  return operation === 'create'
    ? `${CALLERS} some of its answers, if any called the new endpoint.`
    : `${CALLERS} some of its answers, from its deployment until the rollback.`;
}

const CALLERS = 'Callers of the endpoint saw';
