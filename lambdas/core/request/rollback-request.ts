// A rollback on request: to which release it goes, and with which settings.

import type { RollbackRequest } from '../../../state-machine/contract/other-requests.ts';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import { ALL_AT_ONCE, type ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { mainVariant } from '../../../state-machine/contract/variant.ts';
import { CONTRACT_VERSION } from '../../../state-machine/contract/version.ts';
import { notToInstances, notToServerless } from '../hosting/other-type.ts';
import { problem } from '../problems/problems.ts';
import { noLongerListed } from './network-problems.ts';
import { settingsOfEarlier } from './settings-of.ts';

/** Of releases that a problem lists: more than anybody reads. */
const MAXIMUM_LISTED = 20;

/**
 * The release that the request names, or the newest that answers otherwise than what serves: a change of settings in between
 * would leave the model there that somebody wants to get rid of. `releases`: the newest first.
 */
export function chosenRelease(
  { endpointName, to }: RollbackRequest,
  releases: readonly Release[],
): { release: Release } | { problem: Problem } {
  const [serving] = releases;
  const release = releases.find((each) =>
    to === undefined
      ? each !== serving && !answersAlike(each, serving) && isHostedAlike(each, serving)
      : each.rolloutId === to,
  );
  if (release !== undefined && !isHostedAlike(release, serving)) {
    const not = isOnServerless(release) ? notToServerless(endpointName) : notToInstances(endpointName);
    return { problem: problem('to', `The release ${release.rolloutId} is of another type of hosting. ${not}`) };
  }
  if (release !== undefined) return { release };
  const listed = releases.slice(0, MAXIMUM_LISTED).map(({ rolloutId }) => rolloutId);
  const known = listed.join(', ') || 'none';
  const message =
    to === undefined
      ? `The endpoint "${endpointName}" has no release before with another model than the one that serves. Its releases, the newest first: ${known}. To go back to other settings of the same model, name one of them.`
      : `The endpoint "${endpointName}" has no release of the rollout "${to}". Its releases, the newest first: ${known}.`;
  return { problem: problem('to', message) };
}

const isOnServerless = ({ variants }: Release): boolean =>
  variants.some(({ capacity }) => capacity.type === 'serverless');

/** Whether an endpoint can go from one to the other: from instances to serverless and back none can. */
export const isHostedAlike = (one: Release, other: Release | undefined): boolean =>
  other === undefined || isOnServerless(one) === isOnServerless(other);

/** Whether two releases have the same models on the same images, whatever else of their settings differs. */
export function answersAlike(one: Release, other: Release | undefined): boolean {
  const answering = ({ variants }: Release) =>
    JSON.stringify(variants.map(({ name, artifactSha256, imageDigest }) => [name, artifactSha256, imageDigest]).sort());
  return other !== undefined && answering(one) === answering(other);
}

/** The request of that release once more, at once and without alarms. `earlier`: `request.json` of the release; null where it is gone. */
export function repeatedRequest(
  { verification }: RollbackRequest,
  { rolloutId, variants }: Release,
  earlier: ResolvedRequest | null,
  newest: Release | undefined,
  platform: PlatformSettings,
): { resolved: ResolvedRequest } | { problem: Problem } {
  if (earlier === null) {
    const message = `The request of the release ${rolloutId} is not kept any more. Start a rollout that names its model.`;
    return { problem: problem('to', message) };
  }
  const isTrusting = [earlier, ...(earlier.variants ?? [])].some(({ trust }) => trust !== null);
  if (isTrusting && !platform.allowTrust) {
    const message = `The release ${rolloutId} runs code of its own, which this platform does not allow any more.`;
    return { problem: problem('to', message) };
  }
  const unlisted = noLongerListed(earlier, platform);
  if (unlisted.length > 0) {
    const message = `The release ${rolloutId} needs networks, keys or topics that the platform's settings do not list any more, of ${unlisted.join('; of ')}.`;
    return { problem: problem('to', message) };
  }
  const { merged: _, ...repeated } = earlier;
  const isAlike = isNamedAlike(variants, newest?.variants ?? []);
  // Variants come and go without guardrails, so that a candidate stands in for what serves no more.
  const usual = isAlike ? 'live' : 'candidate';
  const now = { contractVersion: CONTRACT_VERSION, verification: verification ?? usual } as const;
  // Its strategy and alarms are for updates forward, and kept for the next one.
  const settings = earlier.settings ?? settingsOfEarlier(earlier, platform.servingImage.repositoryName);
  const resolved = { ...repeated, ...now, strategy: ALL_AT_ONCE, alarms: null, settings };
  // The short form keeps the name of the variant that serves: where several do, or another, it has to be said which one is meant.
  return { resolved: isAlike ? resolved : inNamedForm(resolved, variants) };
}

const isNamedAlike = (one: Release['variants'], other: Release['variants']): boolean =>
  JSON.stringify(one.map(({ name }) => name).sort()) === JSON.stringify(other.map(({ name }) => name).sort());

function inNamedForm(resolved: ResolvedRequest, variants: Release['variants']): ResolvedRequest {
  const name = mainVariant(variants)?.name;
  if (resolved.variants !== undefined || name === undefined) return resolved;
  const { image, environment, hosting, scaling, goldenCases, trust } = resolved;
  return { ...resolved, variants: [{ name, weight: 1, image, environment, hosting, scaling, goldenCases, trust }] };
}
