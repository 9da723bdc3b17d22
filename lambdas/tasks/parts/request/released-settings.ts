// Reads the settings that an endpoint keeps: those of its newest release.
import * as z from 'zod/mini';
import type { KeptSettings } from '../../../../state-machine/contract/kept-settings.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import { type ResolvedRequest, ResolvedRequestSchema } from '../../../../state-machine/contract/resolved-request.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import type { Kept } from '../../../core/request/keep-settings.ts';
import { settingsOfEarlier } from '../../../core/request/settings-of.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Leases } from '../../../ports/leases.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { ReleaseSettings } from '../../../ports/release-settings.ts';

interface Ports {
  documents: Documents;
  ledger: Ledger;
  leases: Leases;
  releaseSettings: ReleaseSettings;
}

export interface ReleasedSettings extends Kept {
  release: Release;
}

/**
 * Null where there is none since the endpoint was retired. `ownRepository`: of the stack's own image. `lease` is read here, not
 * given: who asks before he has it must not wait for it.
 */
export async function releasedSettings(
  { documents, ledger, leases, releaseSettings }: Ports,
  endpointName: string,
  ownRepository: string,
): Promise<ReleasedSettings | null> {
  const [release] = await ledger.releases(endpointName, 1);
  if (release === undefined) return null;
  const retirement = (await leases.read(endpointName))?.retirement ?? null;
  if (retirement !== null && release.releasedAt <= retirement.at) return null;
  const settings = (await releaseSettings.find(release)) ?? (await ofEarlier(documents, release, ownRepository));
  return { release, settings, from: `the release ${release.rolloutId}` };
}

/** A release of before settings were kept has them in its request. */
async function ofEarlier(documents: Documents, release: Release, ownRepository: string): Promise<KeptSettings> {
  const request = await requestOf(documents, release);
  return request === null ? {} : settingsOfEarlier(request, ownRepository);
}

/** The request of a release, as long as nobody removes it. */
export async function requestOf(
  documents: Documents,
  { endpointName, rolloutId }: Pick<Release, 'endpointName' | 'rolloutId'>,
): Promise<ResolvedRequest | null> {
  const request = await documents.find(rolloutDocumentKey(endpointName, rolloutId, 'request'));
  return request === null ? null : z.parse(ResolvedRequestSchema, request);
}
