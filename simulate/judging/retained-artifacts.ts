// Which artifacts a rollback may still need: counted here on its own, not as the functions do.
import type { Release } from '../../state-machine/contract/release.ts';
import { mainVariant } from '../../state-machine/contract/variant.ts';

/** Of the newest releases, each configuration once. `releases`: the newest first. */
export function retainedArtifacts(releases: readonly Release[], count: number): Set<string> {
  const byConfig = new Map<string, string[]>();
  for (const { endpointConfigName, variants } of releases) {
    if (byConfig.size === count) break;
    byConfig.set(
      endpointConfigName,
      variants.map(({ artifactSha256 }) => artifactSha256),
    );
  }
  return new Set([...byConfig.values()].flat());
}

/** Of the newest release with another model than the newest. None, or one. */
export function artifactBefore(releases: readonly Release[]): string[] {
  const [newest, ...earlier] = releases.map(({ variants }) => mainVariant(variants)?.artifactSha256);
  const before = earlier.find((sha256) => sha256 !== newest);
  return before === undefined ? [] : [before];
}
