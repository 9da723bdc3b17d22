// Serverless endpoints. So far a candidate alone runs on one: no request may ask for it.
import { DEPLOYMENT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import type { HostingType } from './hosting-type.ts';

export const serverless: HostingType<'serverless'> = {
  notSupportedYet: 'Use "realtime".',
  probe: 'sync',

  resolve: ({ hosting }) => ({
    hosting: {
      type: 'serverless',
      memoryMegabytes: hosting?.memoryMegabytes ?? 2048,
      maximumConcurrency: hosting?.maximumConcurrency ?? 1,
    },
    scaling: null,
  }),
  problems: () => [],
  processor: () => ({ name: 'a serverless endpoint', architecture: 'amd64' }),
  instances: () => null,
  patienceSeconds: () => DEPLOYMENT_SECONDS,

  compatible: ({ endpointName }) => `Rolling out to the serverless endpoint ${endpointName} is not supported yet.`,
  endpointConfig: ({ hosting, dataCapture }, models) => ({
    variants: models.map((model) => ({ ...model, capacity: hosting })),
    dataCapture,
  }),
  // Without provisioned concurrency there is nothing that scales, and nothing that an update could take away.
  scalingTargets: () => [],
  servingFloor: () => new Map(),
  extraCapacity: () => [],
  // Guardrails are for instances: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
  alarms: () => [],
  candidate: (_request, live) => ({ ...live, dataCapture: null }),
};
