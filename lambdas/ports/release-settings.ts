// The settings of releases; apart from the ledger, which is in the bundles of many tasks that need none.
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';
import type { Release } from '../../state-machine/contract/release.ts';

export interface ReleaseSettings {
  /** What a release keeps for the requests after it; null for one of before settings were kept. */
  find(release: Pick<Release, 'endpointName' | 'rolloutId'>): Promise<KeptSettings | null>;
}
