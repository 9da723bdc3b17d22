// Tasks of a rollout in which all goes well, for histories that differ from it in what a test is about.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Deployment, Planned } from '../../state-machine/contract/outputs.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { anOutcome } from '../outcome/an-outcome.ts';
import { aDeployment } from '../outcome/ends.ts';
import { EXECUTION_ARN, type Script } from './recorded-history.ts';

const document = (key: string) => ({ bucket: 'models-bucket', key });
const SHA = 'a'.repeat(64);

export const outcome = anOutcome({
  executionArn: EXECUTION_ARN,
  serving: { artifactSha256: SHA, imageDigest: 'sha256:b', endpointConfigName: 'iris-c-1' },
  upload: null,
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:06:00.000Z',
});

export const failed = (name: Outcome['outcome'], error: string, cause: string): Outcome => ({
  ...outcome,
  outcome: name,
  succeeded: false,
  verified: null,
  error,
  cause,
});

export const planned: Planned = {
  verdict: 'proceed',
  endpointName: 'iris',
  operation: 'create',
  modelNames: ['iris-m-1'],
  endpointConfigName: 'iris-c-1',
  previousEndpointConfigName: null,
  candidate: null,
  guarded: false,
  document: document('plan.json'),
};

export const deployment = (status: string, more: Partial<Deployment> = {}): Deployment =>
  aDeployment({
    ...{ startedAt: '2026-01-01T00:00:01.000Z', deadline: '2026-01-01T01:00:01.000Z', changeSeen: true },
    ...{ status, ...more },
  });

export const good: Script = {
  ResolveRequest: [
    {
      action: 'deploy',
      recovers: null,
      resolvedAt: '2026-01-01T00:00:00.500Z',
      trigger: document('trigger.json'),
      problems: [],
      endpointName: 'iris',
      upload: {
        bucket: 'models-bucket',
        key: 'models/iris/v1/model.tar.gz',
        versionId: 'v-1',
        sizeBytes: 24_100,
        lastModified: '2026-01-01T00:00:00.000Z',
      },
      servedArtifactSha256: null,
      servableModelFiles: null,
      document: document('request.json'),
      correlationId: null,
      startedByKey: null,
    },
  ],
  InspectArtifact: [
    {
      verdict: 'accepted',
      problems: [],
      sha256: SHA,
      location: document(`artifacts/iris/${SHA}/model.tar.gz`),
      goldenCases: document(`artifacts/iris/${SHA}/golden.json`),
      archive: 'accepted',
      inspected: { key: 'models/iris/v1/model.tar.gz', versionId: 'v-1' },
      failure: null,
    },
  ],
  LeaseEndpoint: [aLeaseOutput({ startedAt: '2026-01-01T00:00:00.700Z', acquiredAt: '2026-01-01T00:00:00.700Z' })],
  PlanRollout: [planned],
  CreateModel: [{ names: ['iris-m-1'], made: 'created' }],
  CreateEndpointConfig: [{ name: 'iris-c-1', made: 'adopted' }],
  DeployEndpoint: [deployment('Creating')],
  CheckEndpoint: [
    deployment('Creating', { progress: 'waiting for /ping' }),
    deployment('InService', { verdict: 'inService' }),
  ],
  RegisterScaling: [{ targets: [{ resourceId: 'endpoint/iris/variant/primary', changed: true }], warnings: [] }],
  RunCanary: [
    {
      ...{ verdict: 'passed', startedAt: '2026-01-01T12:00:00.000Z', waitSeconds: 0, progress: null },
      verified: 'golden',
      goldenCases: { passed: 5, failed: 0 },
      requests: { sent: 20, failed: 0 },
      latencyMilliseconds: { p50: 4.2, p95: 8, p99: 12.4 },
      modelSha256: null,
      warnings: [],
      failure: null,
    },
  ],
  RetireSuperseded: [{ removed: [], warnings: [] }],
  RecordOutcome: [outcome],
};
