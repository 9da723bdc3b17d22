// What becomes of uploads: the newest accepted one serves, and a bad one touches nothing.
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { Uploaded } from '../../world/simulated-stack.ts';
import { outcomesOf } from '../claims.ts';
import type { Snapshot } from '../evidence.ts';
import type { Rule } from '../rule.ts';
import { liveOf, servedBy } from '../served.ts';

export const newestWins: Rule = {
  number: 4,
  name: 'newestWins',
  text: 'One rollout at a time changes an endpoint; events in any order end at the newest accepted version, and each upload has an outcome.',
  broken: (evidence, { outsider, mayLackOutcome }) => {
    const { stack, after, outsideLease } = evidence;
    const outcomes = evidence.outcomes();
    return [
      ...outsideLease.map((what) => `without the lease, ${what}`),
      ...(mayLackOutcome ? [] : withoutOutcome(stack.uploads, outcomes)),
      ...(mayLackOutcome || outsider || after === null ? [] : notAtTheNewest(stack.uploads, outcomes, after)),
    ];
  },
};

/** Uploads that must come to an outcome: the last version of each key, whoever told of it. */
const lastOfKeys = (uploads: readonly Uploaded[]) => [
  ...new Map(uploads.map((upload) => [upload.key, upload])).values(),
];
/** `models/<endpoint>/<version>/model.tar.gz`, or with the variant before the version. */
const placeOfKey = (key: string) => key.split('/').slice(1, -2).join('/');

const endsOf = ({ key, versionId }: Uploaded, outcomes: readonly Outcome[]) =>
  outcomes.filter(({ upload }) => upload?.key === key && upload.versionId === versionId).map(({ outcome }) => outcome);

/** Before it could take anybody's place: by its archive, or by its trial. */
const wasRejected = (upload: Uploaded, outcomes: readonly Outcome[]): boolean =>
  upload.archive.kind === 'rejected' ||
  (upload.archive.kind === 'unloadable' && endsOf(upload, outcomes).every((end) => end === 'rejected'));

const withoutOutcome = (uploads: readonly Uploaded[], outcomes: readonly Outcome[]): string[] =>
  lastOfKeys(uploads)
    .filter((upload) => endsOf(upload, outcomes).length === 0)
    .map(({ key, versionId }) => `${key} ${versionId} has no outcome`);

function notAtTheNewest(uploads: readonly Uploaded[], outcomes: readonly Outcome[], after: Snapshot): string[] {
  const hasAction = outcomes.some(({ action, outcome }) => action !== 'deploy' && outcome !== 'rejected');
  const byPlace = Map.groupBy(lastOfKeys(uploads), ({ key }) => placeOfKey(key));
  return [...byPlace].flatMap(([place, last]) => {
    const [endpointName = '', variantName] = place.split('/');
    const found: string[] = [];
    const ofPlace = uploads.filter(({ key }) => placeOfKey(key) === place);
    // A version that was replaced before anybody looked at it has no outcome of its own.
    const accepted = ofPlace.filter(
      (upload) => !wasRejected(upload, outcomes) && (last.includes(upload) || endsOf(upload, outcomes).length > 0),
    );
    const newest = Math.max(...accepted.map(({ lastModified }) => lastModified));
    const candidates = accepted.filter(({ lastModified }) => lastModified === newest);
    const ends = candidates.flatMap((upload) => endsOf(upload, outcomes));
    if (ends.length > 0 && ends.every((end) => end === 'superseded'))
      found.push(`the newest upload of ${place} ended superseded`);
    const { artifactSha256 } = servedBy(after, liveOf(after, endpointName), variantName);
    const deployed = candidates.filter((upload) =>
      endsOf(upload, outcomes).some((end) => end === 'deployed' || end === 'unchanged'),
    );
    if (deployed.length > 0 && !hasAction && !deployed.some(({ archive }) => archive.sha256 === artifactSha256))
      found.push(`${place} does not serve its newest upload`);
    return found;
  });
}

export const rejectedCallsNothing: Rule = {
  number: 5,
  name: 'rejectedCallsNothing',
  text: 'A bad artifact or request causes no call of SageMaker, and its author gets every problem.',
  broken: (evidence) =>
    outcomesOf(evidence).flatMap((outcome) => {
      const isBad = outcome.archive === 'rejected';
      const found: string[] = [];
      if (isBad && (evidence.hostedCalls.get(outcome.rolloutId) ?? 0) > 0)
        found.push(`${outcome.rolloutId} was rejected after calls of SageMaker`);
      if (isBad && outcome.outcome === 'deployed')
        found.push(`${outcome.rolloutId} deployed an archive that was rejected`);
      if (outcome.outcome === 'rejected' && outcome.archive === 'rejected' && outcome.problems.length === 0)
        found.push(`${outcome.rolloutId} was rejected without a problem`);
      return found;
    }),
};
