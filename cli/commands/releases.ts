// `releases`: what was released to an endpoint, the newest first, and which of it serves.
import { connect } from '../../client/client.ts';
import { isHostedAlike } from '../../lambdas/core/request/rollback-request.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { modelOf, servingRelease, uploadOf } from '../terminal/release-words.ts';
import { type Report, reportDone } from '../terminal/report.ts';
import { table } from '../terminal/table.ts';

export async function releases(endpointName: string, flags: { stack: string }): Promise<Report> {
  const deployer = await connect(flags.stack);
  const [found, lease] = await Promise.all([deployer.releases(endpointName), deployer.lease(endpointName)]);
  return reportReleases(endpointName, found, lease);
}

/** `found`: the newest first. */
export function reportReleases(endpointName: string, found: readonly Release[], lease: Lease | null): Report {
  const serving = servingRelease(found, lease);
  const rows = found.map((release) => [
    release === serving ? 'serves' : serving !== null && !isHostedAlike(release, serving) ? 'other hosting' : '',
    release.releasedAt,
    modelOf(release),
    release.rolloutId,
    `${uploadOf(release, found) ?? '(no upload)'}${release.action === 'rollback' ? ' (rollback)' : ''}`,
  ]);
  const lines = found.length === 0 ? [] : table([['', 'RELEASED', 'MODEL', 'ROLLOUT', 'UPLOAD'], ...rows]);
  if (found.length === 0) lines.push(`Nothing was released to ${endpointName} yet.`);
  else if (serving === null) lines.push(`${endpointName} was retired ${lease?.retirement?.at}: none of them serves.`);
  const others = serving === null ? [] : found.filter((release) => !isHostedAlike(release, serving));
  if (others.length > 0)
    lines.push(
      `Other hosting: an endpoint does not change between instances and serverless, so no rollback goes there.`,
    );
  return reportDone(lines.join('\n'), { releases: found, serving: serving?.rolloutId ?? null });
}
