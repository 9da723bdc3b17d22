// A resolved request as ResolveRequest leaves it for an upload without a manifest.
import type { HostingOf } from '../../lambdas/core/hosting/hosting-type.ts';
import { ALL_AT_ONCE, type ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';

const digest = `sha256:${'a'.repeat(64)}`;

type OnInstances = ResolvedRequest & { hosting: HostingOf<'realtime'> };

/** `change`: with hosting of its own it may be on something else than instances, which its type does not say. */
export const aResolvedRequest = (change: Partial<ResolvedRequest> = {}): OnInstances => ({
  contractVersion: CONTRACT_VERSION,
  endpointName: 'iris',
  image: { uri: `000000000000.dkr.ecr.us-east-1.amazonaws.com/serving@${digest}`, digest, repositoryName: 'serving' },
  environment: {},
  hosting: {
    type: 'realtime',
    instanceType: 'ml.m5.large',
    instanceCount: 1,
    startupTimeoutSeconds: null,
    downloadTimeoutSeconds: null,
  },
  scaling: {
    minimum: 1,
    maximum: 5,
    metric: 'SageMakerVariantInvocationsPerInstance',
    target: 70,
    scaleInCooldownSeconds: 300,
    scaleOutCooldownSeconds: 60,
  },
  canaryInvocations: { requests: 20, maximumErrorPercent: 0, maximumP99Milliseconds: 5000 },
  goldenCases: null,
  networkIsolation: true,
  dataCapture: null,
  verification: 'candidate',
  serverlessCandidate: null,
  strategy: ALL_AT_ONCE,
  alarms: null,
  trust: null,
  tags: {},
  ...(change as Partial<OnInstances>),
});
