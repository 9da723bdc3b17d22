// `rollback`: says which release it puts back, starts that, and watches it if asked to.
import { connect } from '../../client/client.ts';
import { Refusal } from '../../client/refusal.ts';
import { RELEASES_READ } from '../../lambdas/core/releases-read.ts';
import { chosenRelease } from '../../lambdas/core/request/rollback-request.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { modelOf, uploadOf } from '../terminal/release-words.ts';
import type { Report } from '../terminal/report.ts';
import { type ActionFlags, startAction } from '../terminal/start-action.ts';

export interface RollbackFlags extends ActionFlags {
  to?: string;
  verification?: string;
}

export async function rollback(endpointName: string, flags: RollbackFlags): Promise<Report> {
  const { to, verification, name } = flags;
  if (verification !== undefined && verification !== 'candidate' && verification !== 'live')
    throw new Refusal(`--verification is candidate or live, not "${verification}".`);
  return startAction('Looking up the releases', flags, async (progress) => {
    const deployer = await connect(flags.stack);
    const releases = await deployer.releases(endpointName, RELEASES_READ);
    const chosen = chosenRelease({ action: 'rollback', endpointName, to }, releases);
    if ('problem' in chosen) throw new Refusal(chosen.problem.message);
    progress.say(whatComesBack(endpointName, chosen.release, releases));
    // By its name: what was said is what is done, also if something is released in between.
    const { rolloutId } = chosen.release;
    return { deployer, ...(await deployer.rollBack(endpointName, { to: rolloutId, verification, name })) };
  });
}

/** `releases`: the newest first. */
export function whatComesBack(endpointName: string, release: Release, releases: readonly Release[]): string {
  const [serving] = releases;
  const of = (each: Release) =>
    `${uploadOf(each, releases) ?? 'no upload'} (model ${modelOf(each)}), released ${each.releasedAt} by ${each.rolloutId}`;
  const instead = serving === undefined || serving === release ? [] : [`In place of: ${of(serving)}`];
  return [`Puts back on ${endpointName}, with the settings that it had: ${of(release)}`, ...instead].join('\n');
}
