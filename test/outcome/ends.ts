// What the state of an execution may hold when it comes to RecordOutcome.

import { NEW_METRICS } from '../../lambdas/core/endpoint/live-metrics.ts';
import { variantTarget } from '../../lambdas/core/naming/names.ts';
import type { RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import type { CanaryInvocationsOutput, Deployment, Planned, Rollback } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { ALL_AT_ONCE } from '../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { aVariant } from '../core/a-variant.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

export const planned: Planned = {
  verdict: 'proceed',
  endpointName: 'iris',
  operation: 'create',
  modelNames: ['iris-model-2'],
  endpointConfigName: 'iris-config-2',
  previousEndpointConfigName: null,
  candidate: null,
  guarded: false,
  document: { bucket: 'models-bucket', key: 'rollouts/iris/rollout-1/plan.json' },
};

export const passed: CanaryInvocationsOutput = {
  ...{ verdict: 'passed', startedAt: '2026-01-01T12:00:00.000Z', waitSeconds: 0, progress: null },
  verified: 'golden',
  goldenCases: { passed: 2, failed: 0 },
  requests: { sent: 20, failed: 0 },
  latencyMilliseconds: { p50: 1, p95: 2, p99: 3 },
  modelSha256: null,
  warnings: [],
  failure: null,
};

export const rollback = (verdict: Rollback['verdict'], left: string[] = []): Rollback => ({
  verdict,
  waitSeconds: 5,
  startedAt: '2026-01-01T12:30:00.000Z',
  deadline: '2026-01-01T13:30:00.000Z',
  status: null,
  updateAttempts: 0,
  changeSeen: true,
  unchangedPolls: 0,
  lastUnchangedPollAt: null,
  candidate: 'none',
  done: [],
  left,
  warnings: [],
});

export const aDeployment = (changes: Partial<Deployment> = {}): Deployment => ({
  verdict: 'inProgress',
  startedAt: '2026-01-01T11:10:00.000Z',
  deadline: '2026-01-01T12:10:00.000Z',
  waitSeconds: 5,
  status: 'Updating',
  progress: null,
  trafficMoves: false,
  changeSeen: true,
  unchangedPolls: 0,
  lastUnchangedPollAt: null,
  failureReason: null,
  failure: null,
  ...changes,
});

export const aPlan: Plan = {
  contractVersion: CONTRACT_VERSION,
  rolloutId: 'rollout-1',
  endpointName: 'iris',
  operation: 'create',
  request: aResolvedRequest({ scaling: null }),
  patienceSeconds: 3600,
  models: [{ name: 'iris-model-2', imageUri: 'i', modelDataUrl: 's3://b/k', environment: {}, networkIsolation: true }],
  endpointConfig: {
    name: 'iris-config-2',
    variants: [
      aVariant({
        modelName: 'iris-model-2',
        artifactSha256: 'b'.repeat(64),
        imageDigest: `sha256:${'c'.repeat(64)}`,
      }),
    ],
    dataCapture: null,
    metrics: NEW_METRICS,
  },
  scalingTargets: [{ ...variantTarget('iris', 'primary'), variantName: 'primary', tracking: null, suspended: false }],
  goldenCases: null,
  ownershipTags: {},
  candidate: null,
  strategy: ALL_AT_ONCE,
  alarms: null,
  fleetAlarmNames: [],
  extraCapacity: [],
  before: null,
};

/** A rollout of one upload; everything null that `changes` does not give. */
export const anEnd = (changes: Partial<RolloutEnd> = {}): RolloutEnd => ({
  execution: {
    id: 'arn:aws:states:eu-west-1:123456789012:execution:Rollout:rollout-1',
    name: 'rollout-1',
    startedAt: '2026-01-01T11:00:00.000Z',
  },
  trigger: {},
  request: {
    action: 'deploy',
    recovers: null,
    resolvedAt: '2026-01-01T11:00:01.000Z',
    trigger: null,
    problems: [],
    endpointName: 'iris',
    upload: {
      bucket: 'models-bucket',
      key: 'models/iris/v1/model.tar.gz',
      versionId: 'v1',
      sizeBytes: 1,
      lastModified: '2026-01-01T10:59:00.000Z',
    },
    servedArtifactSha256: null,
    servableModelFiles: null,
    document: { bucket: 'models-bucket', key: 'rollouts/iris/rollout-1/request.json' },
    correlationId: 'c-1',
    startedByKey: null,
  },
  artifact: null,
  trial: null,
  trialFailure: null,
  lease: null,
  plan: null,
  candidate: null,
  deployment: null,
  candidateCanaryInvocations: null,
  scaling: null,
  canaryInvocations: null,
  retention: null,
  retentionFailure: null,
  retirement: null,
  failure: null,
  rollback: null,
  rollbackFailure: null,
  ...changes,
});
