// RunCanary: the golden cases and the measurement on the live endpoint.
import type { Task } from '../../state-machine/contract/steps.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { type VerifyPorts, verifyEndpoint } from './parts/verification/verify-endpoint.ts';

export const runCanary =
  (ports: VerifyPorts): Task<'RunCanary'> =>
  async ({ plan: planned, lease }) =>
    verifyEndpoint(ports, lease, planned, await readPlan(ports.documents, planned));
