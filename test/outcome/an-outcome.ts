// An outcome to test with.
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';

export const anOutcome = (changes: Partial<Outcome> = {}): Outcome => ({
  contractVersion: CONTRACT_VERSION,
  action: 'deploy',
  outcome: 'deployed',
  succeeded: true,
  endpointName: 'iris',
  rolloutId: 'rollout-1',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:Rollout:rollout-1',
  successor: null,
  cancels: null,
  recoveredBy: null,
  serving: { artifactSha256: 'b'.repeat(64), imageDigest: 'sha256:c', endpointConfigName: 'iris-config-2' },
  verified: 'golden',
  error: null,
  cause: null,
  problems: [],
  warnings: [],
  left: [],
  explanation: null,
  upload: {
    bucket: 'bucket',
    key: 'models/iris/v1/model.tar.gz',
    versionId: 'v1',
    sizeBytes: 1,
    lastModified: '2026-01-01T10:59:00.000Z',
  },
  archive: null,
  correlationId: null,
  startedAt: '2026-01-01T11:00:00.000Z',
  endedAt: '2026-01-01T12:00:00.000Z',
  ...changes,
});
