// A release to test with.
import type { Release } from '../../state-machine/contract/release.ts';

export const aRelease = (release: Partial<Release> = {}): Release => ({
  endpointName: 'iris',
  rolloutId: 'earlier',
  action: 'deploy',
  artifactSha256: 'a'.repeat(64),
  imageDigest: `sha256:${'d'.repeat(64)}`,
  modelName: 'iris-model',
  endpointConfigName: 'iris-config',
  upload: null,
  releasedAt: '2026-01-01T00:00:00.000Z',
  ...release,
});
