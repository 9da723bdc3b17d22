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
  if (deployment === null) {
    if (name !== 'CanaryFailed') return null;
    if (candidateCanaryInvocations !== null)
      return 'Callers of the endpoint saw none of its answers: it was tried on a candidate, and the live endpoint was not touched.';
    return canaryInvocations === null
      ? null
      : 'It is what served before and serves on: callers of the endpoint get its answers.';
  }
  // SageMaker takes a guarded update back while traffic moves; another one comes into service first, or not at all.
  const isJudged = name === 'CanaryFailed' || (name === 'DeploymentRolledBack' && planned.guarded);
  if (!isJudged) return null;
  if (planned.guarded)
    return 'Callers of the endpoint saw some of its answers: those of its share while the traffic moved.';
  switch (planned.operation) {
    case 'create':
      return 'The endpoint was new: whoever called it before the rollback may have seen some of its answers.';
    case 'update':
      return 'Callers of the endpoint saw some of its answers: it was live from its deployment until the rollback.';
    case 'configure':
      return null;
  }
}
