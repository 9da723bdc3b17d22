// A rollback on request: to which release it goes, and with which settings.

import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import type { RollbackRequest } from '../../../state-machine/contract/request.ts';
import { ALL_AT_ONCE, type ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import { problem } from '../problems/problems.ts';

/** Of releases that a problem lists: more than anybody reads. */
const MAXIMUM_LISTED = 20;

/** The release that the request names, or the one before the newest. `releases`: the newest first. */
export function chosenRelease(
  { endpointName, to }: RollbackRequest,
  releases: readonly Release[],
): { release: Release } | { problem: Problem } {
  const release = to === undefined ? releases[1] : releases.find(({ rolloutId }) => rolloutId === to);
  if (release !== undefined) return { release };
  const listed = releases.slice(0, MAXIMUM_LISTED).map(({ rolloutId }) => rolloutId);
  const known = listed.join(', ') || 'none';
  const message =
    to === undefined
      ? `The endpoint "${endpointName}" has no release before the one that serves. Its releases: ${known}.`
      : `The endpoint "${endpointName}" has no release of the rollout "${to}". Its releases, the newest first: ${known}.`;
  return { problem: problem('to', message) };
}

/** The request of that release once more, at once and without alarms. `earlier`: `request.json` of the release; null where it is gone. */
export function repeatedRequest(
  { verification }: RollbackRequest,
  { rolloutId }: Release,
  earlier: ResolvedRequest | null,
  { allowTrust }: PlatformSettings,
): { resolved: ResolvedRequest } | { problem: Problem } {
  if (earlier === null) {
    const message = `The request of the release ${rolloutId} is not kept any more. Start a rollout that names its model.`;
    return { problem: problem('to', message) };
  }
  if (earlier.trust !== null && !allowTrust) {
    const message = `The release ${rolloutId} runs code of its own, which this platform does not allow any more.`;
    return { problem: problem('to', message) };
  }
  const now = { contractVersion: CONTRACT_VERSION, verification: verification ?? 'live' };
  return { resolved: { ...earlier, ...now, strategy: ALL_AT_ONCE, alarms: null } };
}
