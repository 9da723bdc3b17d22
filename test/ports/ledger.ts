// The ledger in memory, with the same promises: a record is written once, the newest comes first.
import type { Ledger } from '../../lambdas/ports/ledger.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';

export interface InMemoryLedger extends Ledger {
  readonly outcomes: Outcome[];
  readonly allReleases: Release[];
}

export function inMemoryLedger(releases: Release[] = []): InMemoryLedger {
  const outcomes: Outcome[] = [];
  const allReleases = [...releases];
  return {
    outcomes,
    allReleases,
    record: async (outcome, release) => {
      if (outcomes.some(({ rolloutId }) => rolloutId === outcome.rolloutId)) return;
      outcomes.push(outcome);
      if (release !== null) allReleases.push(release);
    },
    releases: async (endpointName, limit) =>
      allReleases
        .filter((release) => release.endpointName === endpointName)
        .sort((one, other) => other.releasedAt.localeCompare(one.releasedAt))
        .slice(0, limit),
    verdictOnArchive: async ({ key, versionId }) =>
      outcomes.findLast(({ upload }) => upload?.key === key && upload.versionId === versionId)?.archive ?? null,
  };
}

export const aRelease = (release: Partial<Release> = {}): Release => ({
  endpointName: 'iris',
  rolloutId: 'earlier',
  artifactSha256: 'a'.repeat(64),
  imageDigest: `sha256:${'d'.repeat(64)}`,
  modelName: 'iris-model',
  endpointConfigName: 'iris-config',
  upload: null,
  releasedAt: '2026-01-01T00:00:00.000Z',
  ...release,
});
