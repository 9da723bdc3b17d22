// DeleteCandidate: takes the verified candidate away; asked again until it is gone, for its instances count against the quota.
import type { Task } from '../../state-machine/contract/steps.ts';
import { SECONDS_BETWEEN_POLLS } from '../core/endpoint/confirm-unchanged.ts';
import { pollIntervalSeconds, untilGoneSeconds } from '../core/endpoint/poll-interval.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { ContainerLogs } from '../ports/container-logs.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { beatLease } from './parts/lease/beat-lease.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';
import { removeCandidate } from './parts/rollback/remove-candidate.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  containerLogs: ContainerLogs;
}

/** It was verified a moment ago: the first look that does not find it, and three more. */
const MILLISECONDS_TO_BELIEVE = 3 * SECONDS_BETWEEN_POLLS * 1000;

export const deleteCandidate =
  (bound: Ports): Task<'DeleteCandidate'> =>
  async ({ plan: planned, lease, candidateRemoval }) => {
    const ports = underLease(bound, lease);
    const plan = await readPlan(ports.documents, planned);
    if (plan.candidate === null) throw new RolloutError('CallRefused', 'The plan has no candidate to delete.');
    const now = ports.clock.now();
    const startedAt = candidateRemoval?.startedAt ?? now.toISOString();
    const waited = now.getTime() - Date.parse(startedAt);
    const stop = await beatLease(ports, lease);
    if (stop !== null) throw new RolloutError(stop.Error, stop.Cause);
    const askedAt = candidateRemoval?.askedAt ?? null;
    const isAbsenceBelieved = askedAt !== null || waited >= MILLISECONDS_TO_BELIEVE;
    const step = await removeCandidate(ports, plan.candidate, plan, isAbsenceBelieved);
    if (step === 'gone') return { verdict: 'deleted', startedAt, waitSeconds: 0, askedAt };
    if (step === 'unseen') return { verdict: 'waiting', startedAt, waitSeconds: SECONDS_BETWEEN_POLLS, askedAt };
    if (waited > plan.patienceSeconds * 1000) {
      throw new RolloutError(
        'DeadlineExceeded',
        `The candidate ${plan.candidate.endpointName} could not be deleted in ${plan.patienceSeconds} s.`,
      );
    }
    if (step === 'busy' && askedAt === null)
      return { verdict: 'waiting', startedAt, waitSeconds: pollIntervalSeconds(waited), askedAt, awaits: 'idle' };
    const asked = step === 'asked' ? now.toISOString() : askedAt;
    return { verdict: 'waiting', startedAt, waitSeconds: untilGoneSeconds(waited), askedAt: asked, awaits: 'gone' };
  };
