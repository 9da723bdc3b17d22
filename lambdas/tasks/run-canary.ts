// RunCanary: the golden cases and the measurement on the live endpoint.
import type { Task } from '../../state-machine/contract/steps.ts';
import { readPlan } from './read-plan.ts';
import { type VerifyPorts, verifyEndpoint } from './verify-endpoint.ts';

export const runCanary =
  (ports: VerifyPorts): Task<'RunCanary'> =>
  async ({ plan: planned, lease }) =>
    verifyEndpoint(ports, lease, planned, await readPlan(ports.documents, planned));
