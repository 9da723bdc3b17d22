// VerifyCandidate: the golden cases and the measurement on the candidate, before the live endpoint is touched.
import type { Task } from '../../state-machine/contract/steps.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { readPlan } from './read-plan.ts';
import { type VerifyPorts, verifyEndpoint } from './verify-endpoint.ts';

export const verifyCandidate =
  (ports: VerifyPorts): Task<'VerifyCandidate'> =>
  async ({ plan: planned, lease }) => {
    if (planned.candidate === null) throw new RolloutError('CallRefused', 'The plan has no candidate to verify.');
    return verifyEndpoint(ports, lease, planned.candidate, await readPlan(ports.documents, planned));
  };
