// A variant to test with, and a release that serves one.
import type { Release } from '../../state-machine/contract/release.ts';
import type { Variant } from '../../state-machine/contract/variant.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

export const aVariant = (change: Partial<Variant> = {}): Variant => ({
  name: 'primary',
  role: 'production',
  modelName: 'iris-model',
  artifactSha256: 'a'.repeat(64),
  imageDigest: `sha256:${'d'.repeat(64)}`,
  weight: 1,
  capacity: aResolvedRequest().hosting,
  ...change,
});

export const aRelease = ({ variants = [aVariant()], ...change }: Partial<Release> = {}): Release => ({
  endpointName: 'iris',
  rolloutId: 'earlier',
  action: 'deploy',
  endpointConfigName: 'iris-config',
  variants,
  upload: null,
  releasedAt: '2026-01-01T00:00:00.000Z',
  ...change,
});
