// Serverless endpoints: SageMaker starts and stops containers as requests come, and keeps some warm where that is asked for.
import { DEPLOYMENT_SECONDS } from '../../../state-machine/contract/time-budgets.ts';
import { concurrencyProblems, resolveConcurrencyScaling } from './concurrency-limits.ts';
import type { HostingType } from './hosting-type.ts';
import {
  asConfiguredConcurrency,
  keepingConcurrency,
  servingConcurrency,
  whyNotServerless,
} from './live-concurrency.ts';
import { scaledConcurrency } from './scaled-concurrency.ts';

/** 10 GB: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html; by its own message, 10 times 2 to the 30. */
const MAXIMUM_IMAGE_BYTES = 10 * 1024 ** 3;

export const serverless: HostingType<'serverless'> = {
  probe: 'sync',
  startsCold: true,

  resolve({ hosting: asked, scaling }) {
    const provisioned = asked?.provisionedConcurrency;
    const hosting = {
      type: 'serverless',
      memoryMegabytes: asked?.memoryMegabytes ?? 2048,
      maximumConcurrency: asked?.maximumConcurrency ?? 1,
      ...(provisioned !== undefined && { provisionedConcurrency: provisioned }),
    } as const;
    return { hosting, scaling: resolveConcurrencyScaling(scaling, hosting) };
  },
  problems: concurrencyProblems,
  // CPU alone: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
  processor: () => ({ name: 'a serverless endpoint', architecture: 'amd64', maximumImageBytes: MAXIMUM_IMAGE_BYTES }),
  instances: () => null,
  patienceSeconds: () => DEPLOYMENT_SECONDS,

  compatible: whyNotServerless,
  endpointConfig({ hosting, scaling, dataCapture }, models) {
    const { provisionedConcurrency: asked } = hosting;
    // Scaling brings it into its bounds: starting inside them spares a change right after the deployment.
    const provisioned = asked && Math.max(asked, scaling?.minimum ?? 0);
    const capacity = { ...hosting, ...(provisioned !== undefined && { provisionedConcurrency: provisioned }) };
    return { variants: models.map((model) => ({ ...model, capacity })), dataCapture };
  },
  scalingTargets: scaledConcurrency,
  servingFloor: servingConcurrency,
  keeping: keepingConcurrency,
  asConfigured: asConfiguredConcurrency,
  extraCapacity: () => [],
  // Guardrails are for instances: https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails.html
  alarms: () => [],
  // One request at a time is sent to it, and it takes as little of the account's concurrency as it can.
  candidate: (_request, { variants }) => ({
    variants: variants.map((variant) => {
      if (variant.capacity.type !== 'serverless') return variant;
      const { provisionedConcurrency: _, ...capacity } = variant.capacity;
      return { ...variant, capacity: { ...capacity, maximumConcurrency: 1 } };
    }),
    dataCapture: null,
    metrics: null,
  }),
};
