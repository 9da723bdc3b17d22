// Which configurations, models and artifacts of earlier releases no rollback needs any more.
import type { Release } from '../../../state-machine/contract/release.ts';
import { artifactFiles, parseArtifactKey } from '../naming/object-keys.ts';

export interface RetainedResources {
  endpointConfigs: ReadonlySet<string>;
  models: ReadonlySet<string>;
  /** By their sha256. */
  artifacts: ReadonlySet<string>;
}

/** What was deployed just now, and is no release yet. */
interface Serving {
  endpointConfigName: string;
  modelNames: readonly string[];
  /** Of all variants; empty where nobody knows them. */
  artifacts: readonly string[];
}

/**
 * Those of the newest releases, as many as are retained, each configuration counted once, besides what serves; and of the newest
 * with another artifact than what serves, to which a rollback goes, however many changes of settings came since.
 */
export function retainedReleases(
  releases: readonly Release[],
  serving: Serving | null,
  count: number,
): RetainedResources {
  const endpointConfigs = new Set<string>(serving === null ? [] : [serving.endpointConfigName]);
  const models = new Set<string>(serving?.modelNames);
  const artifacts = new Set<string>(serving?.artifacts);
  const limit = endpointConfigs.size + count;
  const served = new Set(serving?.artifacts ?? releases[0]?.variants.map(({ artifactSha256 }) => artifactSha256));
  const isAsServed = ({ variants }: Release) =>
    variants.every(({ artifactSha256 }) => served.has(artifactSha256)) &&
    new Set(variants.map(({ artifactSha256 }) => artifactSha256)).size === served.size;
  const another = releases.find((release) => !isAsServed(release));
  for (const release of releases) {
    const { endpointConfigName, variants } = release;
    const isOver = endpointConfigs.size >= limit && !endpointConfigs.has(endpointConfigName);
    if (isOver && (release !== another || count === 0)) continue;
    endpointConfigs.add(endpointConfigName);
    for (const { modelName, artifactSha256 } of variants) {
      models.add(modelName);
      artifacts.add(artifactSha256);
    }
  }
  return { endpointConfigs, models, artifacts };
}

/** What is named by releases and retained by none; a model that several configurations share goes with the last. */
export function supersededResources(
  releases: readonly Release[],
  retained: Pick<RetainedResources, 'endpointConfigs' | 'models'>,
) {
  const names = (of: (release: Release) => string[], keep: ReadonlySet<string>) => [
    ...new Set(releases.flatMap(of).filter((name) => !keep.has(name))),
  ];
  return {
    endpointConfigs: names(({ endpointConfigName }) => [endpointConfigName], retained.endpointConfigs),
    models: names(({ variants }) => variants.map(({ modelName }) => modelName), retained.models),
  };
}

/**
 * The keys of one endpoint's artifacts that nothing retained refers to, whoever left them: an older release, a rollout that
 * failed, an upload that was superseded. Nothing of another endpoint, or of any other layout. Models before their golden
 * cases: where a model is, its golden cases are too.
 */
export function supersededArtifacts(
  endpointName: string,
  keys: readonly string[],
  retained: Pick<RetainedResources, 'artifacts'>,
): string[] {
  return artifactFiles.flatMap((file) =>
    keys.filter((key) => {
      const artifact = parseArtifactKey(key);
      return (
        artifact?.file === file && artifact.endpointName === endpointName && !retained.artifacts.has(artifact.sha256)
      );
    }),
  );
}
