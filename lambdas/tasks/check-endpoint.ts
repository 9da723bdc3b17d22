// CheckEndpoint: one look at the endpoint while it is being deployed.
import type { Task } from '../../state-machine/contract/steps.ts';
import { type PollPorts, pollDeployment } from './parts/verification/poll-deployment.ts';

export const checkEndpoint =
  (ports: PollPorts): Task<'CheckEndpoint'> =>
  ({ plan, lease, deployment }) =>
    pollDeployment(ports, lease, plan, deployment);
