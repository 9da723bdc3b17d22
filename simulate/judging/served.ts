// What an endpoint serves: through configuration and models to the artifacts, of each of its variants.
import { parseArtifactKey, parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import type { Snapshot } from '../../local/hosting/snapshot.ts';
import { archiveOf, hasCases, isBad } from '../world/archives.ts';

export interface LiveEndpoint {
  EndpointStatus: string;
  EndpointConfigName: string;
  PendingDeploymentSummary?: { EndpointConfigName?: string };
  ProductionVariants?: LiveVariant[];
  tags: Record<string, string>;
}
interface LiveVariant {
  VariantName: string;
  CurrentWeight?: number;
  CurrentInstanceCount?: number;
  DeployedImages?: { ResolvedImage: string }[];
}

export function liveOf(alive: Snapshot, endpointName: string | null): LiveEndpoint | null {
  return (alive.endpoints[endpointName ?? ''] as LiveEndpoint | undefined) ?? null;
}

/** By the variant's name. */
export const weightsOfLive = (live: LiveEndpoint | null): Record<string, number> =>
  Object.fromEntries(
    (live?.ProductionVariants ?? []).map(({ VariantName, CurrentWeight = 0 }) => [VariantName, CurrentWeight]),
  );

export interface Served {
  readonly variantName: string;
  readonly artifactSha256: string | null;
  readonly artifactKey: string | null;
  readonly image: string | null;
  /** What it refers to, and is gone. */
  readonly missing: string | null;
}

interface Container {
  ModelDataUrl?: string;
  Image?: string;
}
interface Config {
  ProductionVariants: { VariantName: string; ModelName: string }[];
}

const nothing = { variantName: '', artifactSha256: null, artifactKey: null, image: null, missing: null };

/** Of each variant, in the order of the configuration; one that says what is missing where that is the configuration. */
export const servedByAll = (alive: Snapshot, live: LiveEndpoint | null): readonly Served[] =>
  live === null ? [] : servedWith(alive, live.EndpointConfigName);

/** Of the first variant, or of the one that is named. */
export const servedBy = (alive: Snapshot, live: LiveEndpoint | null, variantName?: string): Served =>
  servedOf(servedByAll(alive, live), variantName);

export const servedOf = (served: readonly Served[], variantName?: string): Served =>
  served.find((each) => variantName === undefined || each.variantName === variantName) ?? nothing;

function servedWith(alive: Snapshot, configName: string): Served[] {
  const config = alive.endpointConfigs[configName] as Config | undefined;
  if (config === undefined) return [{ ...nothing, missing: `the configuration ${configName}` }];
  return config.ProductionVariants.map(({ VariantName: variantName, ModelName }) => {
    const model = alive.models[ModelName] as { PrimaryContainer: Container } | undefined;
    if (model === undefined) return { ...nothing, variantName, missing: `the model ${ModelName}` };
    const { ModelDataUrl = '', Image = null } = model.PrimaryContainer;
    const artifactKey = parseS3Uri(ModelDataUrl)?.key ?? '';
    const artifact = parseArtifactKey(artifactKey);
    if (artifact === null) return { ...nothing, variantName, image: Image };
    return { variantName, artifactSha256: artifact.sha256, artifactKey, image: Image, missing: null };
  });
}

/** What an endpoint serves with, is being put on, and may go back to. */
export function artifactsOf(alive: Snapshot, endpointName: string, before?: string): Set<string> {
  const live = liveOf(alive, endpointName);
  const configs = [live?.EndpointConfigName, live?.PendingDeploymentSummary?.EndpointConfigName, before];
  const served = configs.flatMap((name) => (name === undefined ? [] : servedWith(alive, name)));
  return new Set(served.map(({ artifactSha256 }) => artifactSha256).filter((sha256) => sha256 !== null));
}

/** Whether the model of an artifact answers what its golden cases say; true where it has none. */
export function answersRight(artifactSha256: string | null): boolean {
  const archive = archiveOf(artifactSha256 ?? undefined);
  return archive !== undefined && !(hasCases(archive.kind) && isBad(archive.kind));
}
