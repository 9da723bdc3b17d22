// CheckEndpoint: one look at the endpoint while it is being deployed.
import type { Task } from '../../state-machine/contract/steps.ts';
import { type LookPorts, lookAtDeployment } from './parts/verification/poll-deployment.ts';

export const checkEndpoint =
  (ports: LookPorts): Task<'CheckEndpoint'> =>
  ({ plan, lease, deployment }) =>
    lookAtDeployment(ports, lease, plan, deployment);
