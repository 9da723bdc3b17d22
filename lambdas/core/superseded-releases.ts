// Which configurations and models of earlier releases no rollback needs any more.
import type { Release } from '../../state-machine/contract/release.ts';

export interface KeptResources {
  endpointConfigs: ReadonlySet<string>;
  models: ReadonlySet<string>;
}

/** Those of the newest releases, as many as are kept, each configuration counted once, besides what serves. */
export function keptReleases(
  releases: readonly Release[],
  serving: Pick<Release, 'endpointConfigName' | 'modelName'> | null,
  count: number,
): KeptResources {
  const endpointConfigs = new Set<string>(serving === null ? [] : [serving.endpointConfigName]);
  const models = new Set<string>(serving === null ? [] : [serving.modelName]);
  const limit = endpointConfigs.size + count;
  for (const { endpointConfigName, modelName } of releases) {
    if (endpointConfigs.size >= limit && !endpointConfigs.has(endpointConfigName)) continue;
    endpointConfigs.add(endpointConfigName);
    models.add(modelName);
  }
  return { endpointConfigs, models };
}

/** What is named by releases and kept by none; a model that several configurations share goes with the last. */
export function supersededResources(releases: readonly Release[], kept: KeptResources) {
  const names = (of: (release: Release) => string, keep: ReadonlySet<string>) => [
    ...new Set(releases.map(of).filter((name) => !keep.has(name))),
  ];
  return {
    endpointConfigs: names(({ endpointConfigName }) => endpointConfigName, kept.endpointConfigs),
    models: names(({ modelName }) => modelName, kept.models),
  };
}
