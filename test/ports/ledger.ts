// The ledger in memory, with the same promises: a record is written once, the newest comes first.

import type { Leases } from '../../lambdas/ports/leases.ts';
import type { Ledger } from '../../lambdas/ports/ledger.ts';
import type { OutcomeRecords } from '../../lambdas/ports/outcome-records.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { inMemoryLeases } from './leases.ts';

export interface InMemoryLedger extends Ledger, OutcomeRecords {
  readonly outcomes: Outcome[];
  readonly allReleases: Release[];
}

/** `leases`: where a rollout's lease is freed as its outcome is written. */
export function inMemoryLedger(releases: Release[] = [], leases: Leases = inMemoryLeases()): InMemoryLedger {
  const outcomes: Outcome[] = [];
  const allReleases = [...releases];
  return {
    outcomes,
    allReleases,
    record: async (outcome, release, leaving) => {
      if (outcomes.some(({ rolloutId }) => rolloutId === outcome.rolloutId)) return true;
      if (leaving !== null && !(await leases.replace(leaving.previous, leaving.next))) return false;
      outcomes.push(outcome);
      if (release !== null) allReleases.push(release);
      return true;
    },
    findOutcome: async (rolloutId) => outcomes.find((outcome) => outcome.rolloutId === rolloutId) ?? null,
    releases: async (endpointName, limit) =>
      allReleases
        .filter((release) => release.endpointName === endpointName)
        .sort((one, other) => other.releasedAt.localeCompare(one.releasedAt))
        .slice(0, limit),
    findUpload: async ({ key, versionId }) =>
      outcomes.findLast(({ upload }) => upload?.key === key && upload.versionId === versionId) ?? null,
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
