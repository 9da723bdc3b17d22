// `status`: what serves at an endpoint: its variants with their shares of the traffic, who changes it, how the newest rollout ended.
import { connect, type Deployer } from '../../client/client.ts';
import type { LiveEndpoint } from '../../client/read-endpoint.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { percentText, trafficPercent, type Variant } from '../../state-machine/contract/variant.ts';
import { capacityText, servingRelease, shortDigest } from '../terminal/release-words.ts';
import { type Report, reportDone } from '../terminal/report.ts';
import { table } from '../terminal/table.ts';

export async function status(endpointName: string, flags: { stack: string }): Promise<Report> {
  return statusReport(await connect(flags.stack), endpointName);
}

export async function statusReport(
  deployer: Pick<Deployer, 'releases' | 'lease' | 'newestOutcome' | 'endpoint'>,
  endpointName: string,
): Promise<Report> {
  const [releases, lease, newestOutcome, live] = await Promise.all([
    deployer.releases(endpointName, 1),
    deployer.lease(endpointName),
    deployer.newestOutcome(endpointName),
    seenEndpoint(deployer, endpointName),
  ]);
  return reportStatus(endpointName, { release: servingRelease(releases, lease), lease, newestOutcome, live });
}

export interface EndpointStatus {
  /** What serves as the ledger has it; null before the first release and after a retirement. */
  release: Release | null;
  lease: Lease | null;
  newestOutcome: Outcome | null;
  /** As SageMaker has it; null where there is no endpoint, `denied` for whoever may not ask. */
  live: LiveEndpoint | null | 'denied';
}

async function seenEndpoint(
  deployer: Pick<Deployer, 'endpoint'>,
  endpointName: string,
): Promise<EndpointStatus['live']> {
  try {
    return await deployer.endpoint(endpointName);
  } catch (error) {
    if ((error as Error).name !== 'AccessDeniedException') throw error;
    return 'denied';
  }
}

export function reportStatus(endpointName: string, found: EndpointStatus): Report {
  const { release, lease, newestOutcome, live } = found;
  const owner = lease?.owner ?? null;
  const lines = [
    `${endpointName}: ${headline(found)}`,
    ...(release === null ? [] : variantRows(release.variants, live)),
    ...differences(found),
    ...(newestOutcome === null ? [] : [`Newest outcome: ${outcomeWords(newestOutcome)}`]),
    owner === null
      ? `Nobody changes ${endpointName}.`
      : `${owner.rollout.rolloutId} (${owner.rollout.action}) changes ${endpointName}, since ${owner.acquiredAt}.`,
  ];
  return reportDone(lines.join('\n'), { endpointName, ...found, live: live === 'denied' ? null : live });
}

function headline({ release, lease, live }: EndpointStatus): string {
  const isThere = live === 'denied' ? '' : live === null ? ' There is no such endpoint.' : ` It is ${live.status}.`;
  if (release !== null) return `released ${release.releasedAt} by ${release.rolloutId}.${isThere}`;
  const retiredAt = lease?.retirement?.at;
  return `${retiredAt === undefined ? 'nothing was released to it yet.' : `retired ${retiredAt}.`}${isThere}`;
}

function variantRows(variants: readonly Variant[], live: EndpointStatus['live']): string[] {
  const weights = productionWeights(variants.map((each) => ({ ...each, shadow: each.role === 'shadow' })));
  const rows = variants.map(({ name, role, weight, artifactSha256, imageDigest, capacity }) => [
    name,
    String(weight),
    role === 'shadow' ? 'a copy' : percentText(trafficPercent(weight, weights)),
    shortDigest(artifactSha256),
    shortDigest(imageDigest),
    `${capacityText(capacity)}${nowText(
      capacity,
      liveVariants(live).find((each) => each.name === name),
    )}`,
  ]);
  return table([['VARIANT', 'WEIGHT', 'TRAFFIC', 'MODEL', 'IMAGE', 'HOSTING'], ...rows]);
}

const productionWeights = (variants: readonly { weight: number; shadow: boolean }[]) =>
  variants.filter(({ shadow }) => !shadow).map(({ weight }) => weight);

const liveVariants = (live: EndpointStatus['live']) => (live === null || live === 'denied' ? [] : live.variants);

/** Where scaling has changed the number of instances. */
function nowText(capacity: Variant['capacity'], now: LiveEndpoint['variants'][number] | undefined): string {
  if (!('instanceCount' in capacity) || now === undefined || now.instanceCount === null) return '';
  return now.instanceCount === capacity.instanceCount ? '' : `, ${now.instanceCount} now`;
}

/** What SageMaker has otherwise than the release. */
function differences({ release, live }: EndpointStatus): string[] {
  if (release === null || live === null || live === 'denied') return [];
  if (live.endpointConfigName !== release.endpointConfigName)
    return [
      `SageMaker names the configuration ${live.endpointConfigName}, the release ${release.endpointConfigName}: a rollout is under way, or something else changed it.`,
    ];
  const weights = productionWeights(live.variants);
  return live.variants.flatMap(({ name, weight, shadow }) => {
    const planned = release.variants.find((each) => each.name === name)?.weight;
    if (shadow || planned === undefined || Math.fround(planned) === Math.fround(weight)) return [];
    return [
      `${name} has the weight ${weight} now, ${percentText(trafficPercent(weight, weights))} of the traffic: a rollout moves it, or something else did.`,
    ];
  });
}

function outcomeWords({ outcome, verified, rolloutId, endedAt, error }: Outcome): string {
  const how = verified ?? error;
  return `${outcome}${how === null ? '' : ` (${how})`}, ${rolloutId}, ${endedAt}`;
}
