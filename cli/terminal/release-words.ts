// What people know a release by.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { percentText, trafficPercent, type Variant } from '../../state-machine/contract/variant.ts';

const SHOWN_DIGITS = 12;

/** Of a sha256, with or without its name before it. */
export const shortDigest = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, SHOWN_DIGITS);

/** The beginning of its artifact's sha256; of several variants each with its name, and what it gets of the traffic. */
export function modelOf({ variants }: Release): string {
  const [only, ...more] = variants;
  if (only !== undefined && more.length === 0) return shortDigest(only.artifactSha256);
  const weights = variants.filter(({ role }) => role === 'production').map(({ weight }) => weight);
  return variants
    .map(({ name, role, weight, artifactSha256 }) => {
      const share = role === 'shadow' ? 'a copy' : percentText(trafficPercent(weight, weights));
      return `${name} ${shortDigest(artifactSha256)} (${share})`;
    })
    .join(', ');
}

/** What a variant runs on, in a few words. */
export function capacityText(capacity: Variant['capacity']): string {
  if (capacity.type === 'serverless')
    return `serverless, ${capacity.memoryMegabytes} MB, at most ${capacity.maximumConcurrency} at once${capacity.provisionedConcurrency === undefined ? '' : `, ${capacity.provisionedConcurrency} provisioned`}`;
  return `${capacity.instanceCount} x ${capacity.instanceType}${capacity.type === 'async' ? ', async' : ''}`;
}

/** The release that serves, as the ledger has it: the newest, unless the endpoint was retired since. */
export function servingRelease([newest]: readonly Release[], lease: Lease | null): Release | null {
  const retiredAt = lease?.retirement?.at ?? null;
  return newest !== undefined && (retiredAt === null || newest.releasedAt > retiredAt) ? newest : null;
}

/** The same for releases of the same models, whatever their weights. */
const modelsOf = ({ variants }: Release) =>
  variants
    .map(({ name, artifactSha256 }) => (variants.length === 1 ? artifactSha256 : `${name} ${artifactSha256}`))
    .join();

/**
 * The key of the upload that its model came from. A rollback and a change of settings have none of their own: it is that of the
 * release that brought the same models; null where that is not known any more.
 */
export function uploadOf(release: Release, releases: readonly Release[]): string | null {
  const from = [release, ...releases].find((each) => each.upload !== null && modelsOf(each) === modelsOf(release));
  return from?.upload?.key ?? null;
}
