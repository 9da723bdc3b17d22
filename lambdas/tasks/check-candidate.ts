// CheckCandidate: one look at the candidate while it comes up.
import type { Task } from '../../state-machine/contract/steps.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { type PollPorts, pollDeployment } from './parts/verification/poll-deployment.ts';

export const checkCandidate =
  (ports: PollPorts): Task<'CheckCandidate'> =>
  async ({ plan, lease, candidate: deployment }) => {
    if (plan.candidate === null) throw new RolloutError('CallRefused', 'The plan has no candidate to look at.');
    return pollDeployment(ports, lease, { ...plan.candidate, previousEndpointConfigName: null }, deployment);
  };
