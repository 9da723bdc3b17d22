// The ten rules that never bend, each a check over what a run left behind; and that whatever passes by itself changes nothing.
import { canonicalJson } from '../../lambdas/core/naming/names.ts';
import { artifactKey } from '../../lambdas/core/naming/object-keys.ts';
import { ROLLOUT_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import type { Outcome, OutcomeName } from '../../state-machine/contract/outcome.ts';
import { archiveOf } from '../world/archives.ts';
import type { Uploaded } from '../world/simulated-stack.ts';
import { FOREIGN } from '../world/situations.ts';
import { IMAGE_DIGEST } from '../world/stack-names.ts';
import { answersRight, type Claim, type Evidence, liveOf, type Snapshot, servedBy } from './evidence.ts';
import { withoutReportedSchedules } from './passed-schedules.ts';

/** What a scenario says of itself, beside what its run shows. */
export interface Expectation {
  /** How the rollout that it is about must end; null where more than one end is right. */
  readonly ends?: OutcomeName | null;
  /** Somebody else changes the endpoint, or what fails goes on failing: then the way back may fail too. */
  readonly mayNeedAttention?: boolean;
  /** Somebody else changes the endpoint. */
  readonly outsider?: boolean;
  /** Endpoints that a retirement may delete. */
  readonly mayDelete?: boolean;
  /** Nobody may hear of an outcome that is recorded: then the execution fails all the same. */
  readonly mayBeUnreported?: boolean;
  /** The ledger may be out of reach for ever: then no outcome can be written. */
  readonly mayLackOutcome?: boolean;
  /** A rollout that ended without an outcome and that no lease knew of: nobody takes back what it made. */
  readonly unknown?: string | null;
}

export interface Rule {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  /** What broke it, in words. */
  readonly broken: (evidence: Evidence, expectation: Expectation) => string[];
}

const succeeded = ({ outcome }: Claim) => outcome.outcome === 'deployed' || outcome.outcome === 'unchanged';
const firstClaims = ({ claims }: Evidence) => claims.filter(({ isFirst }) => isFirst);
const outcomesOf = ({ claims }: Evidence): Outcome[] =>
  claims.filter(({ isFirst }) => isFirst).map(({ outcome }) => outcome);

/** What was before, as it must be again after a failure. */
const toBeAgain = (evidence: Evidence, after: Snapshot): Snapshot =>
  withoutReportedSchedules(evidence.before, after, evidence.outcomes(), evidence.stack.account.time.now);

const inUseStays: Rule = {
  number: 1,
  name: 'inUseStays',
  text: 'A configuration, model or artifact that a live endpoint or a retained release refers to is never deleted.',
  broken: ({ stack, neededDeleted }) => [
    ...stack.account.hosting.journal.flatMap((entry) =>
      entry.kind === 'deletedWhileInUse' ? [`${entry.arn} was deleted while ${entry.endpoint} used it`] : [],
    ),
    ...neededDeleted.map((what) => `${what}, which a retained release needs`),
  ],
};

type Tagged = { tags?: Record<string, string> };
/** Everything at SageMaker by kind, name and the rollout that made it. */
const madeThings = (alive: Snapshot) =>
  (['models', 'endpointConfigs', 'endpoints'] as const).flatMap((kind) =>
    Object.entries(alive[kind]).map(([name, thing]) => ({ kind, name, by: (thing as Tagged).tags?.[ROLLOUT_TAG] })),
  );

const ofForeign = (alive: Snapshot) =>
  canonicalJson([alive.models[FOREIGN], alive.endpointConfigs[FOREIGN], alive.endpoints[FOREIGN]]);

const nothingRemains: Rule = {
  number: 2,
  name: 'nothingRemains',
  text: 'After a failure nothing made by the rollout remains, an update that fails never deletes the endpoint, and what this system did not make is not touched.',
  broken: (evidence, { outsider, mayDelete, mayLackOutcome, unknown }) => {
    const { before, after } = evidence;
    const found: string[] = [];
    if (after === null || mayLackOutcome) return found;
    const needsAttention = evidence.outcomes().some(({ outcome }) => outcome === 'needsAttention');
    found.push(...evidence.forgotten.map((what) => `${what} is left, and nothing refers to it`));
    if (!needsAttention) found.push(...evidence.alarms.map((name) => `the alarm ${name} remains`));
    const ends = new Map(evidence.outcomes().map((outcome) => [outcome.rolloutId, outcome.outcome]));
    for (const { kind, name, by } of madeThings(after)) {
      const end = by === undefined ? 'deployed' : ends.get(by);
      if (end === 'deployed' || end === 'needsAttention' || end === 'retired' || (by && by === unknown)) continue;
      found.push(`${kind} ${name} of ${by}, which ended ${end ?? 'without an outcome'}, remains`);
    }
    // Alarms watch one update: none outlives a rollout that came to its end.
    const [alarm] = Object.keys(after.alarms);
    if (alarm !== undefined && ![...ends.values()].includes('needsAttention')) found.push(`the alarm ${alarm} remains`);
    for (const name of Object.keys(before.endpoints))
      if (!(name in after.endpoints) && !mayDelete && !outsider) found.push(`the endpoint ${name} is gone`);
    if (ofForeign(before) !== ofForeign(after)) found.push('what somebody else made was changed');
    const [only, ...others] = outcomesOf(evidence);
    if (
      only?.outcome === 'rolledBack' &&
      others.length === 0 &&
      !outsider &&
      unknown == null &&
      canonicalJson(toBeAgain(evidence, after)) !== canonicalJson(after)
    )
      found.push(`it is not as before: ${difference(toBeAgain(evidence, after), after)}`);
    return found;
  },
};

const successIsTrue: Rule = {
  number: 3,
  name: 'successIsTrue',
  text: '"deployed" and "unchanged" mean: in service on the intended configuration, image and artifact, nothing pending, golden answers right.',
  broken: (evidence, { outsider }) =>
    firstClaims(evidence)
      .filter(succeeded)
      .flatMap(({ outcome, plan, live, artifactSha256, image }) => {
        const lies: string[] = [];
        const says = `${outcome.rolloutId} says ${outcome.outcome}, but `;
        const claim = (isTrue: boolean, otherwise: string) => void (isTrue || lies.push(`${says}${otherwise}`));
        claim(outcome.verified !== null, 'it was not verified');
        claim(plan !== null, 'it had no plan');
        if (outsider || plan === null) return lies;
        claim(live?.EndpointStatus === 'InService', `the endpoint is ${live?.EndpointStatus ?? 'not there'}`);
        claim(live?.EndpointConfigName === plan.endpointConfig.name, `it is on ${live?.EndpointConfigName}`);
        claim(live?.PendingDeploymentSummary === undefined, 'a deployment is pending');
        claim(artifactSha256 === plan.artifactSha256, `it serves the artifact ${artifactSha256}`);
        claim(image?.endsWith(IMAGE_DIGEST) === true, `it serves the image ${image}`);
        claim(outcome.serving?.artifactSha256 === plan.artifactSha256, 'it names another artifact');
        claim(answersRight(artifactSha256), 'its model answers wrongly');
        return lies;
      }),
};

/** Uploads that must come to an outcome: the last version of each key, whoever told of it. */
const lastOfKeys = (uploads: readonly Uploaded[]) => [
  ...new Map(uploads.map((upload) => [upload.key, upload])).values(),
];
const endpointOfKey = (key: string) => key.split('/')[1]!;

const newestWins: Rule = {
  number: 4,
  name: 'newestWins',
  text: 'One rollout at a time changes an endpoint; events in any order end at the newest accepted version, and each upload has an outcome.',
  broken: (evidence, { outsider, mayLackOutcome }) => {
    const { stack, after, outsideLease } = evidence;
    const found = outsideLease.map((what) => `without the lease, ${what}`);
    if (mayLackOutcome) return found;
    const outcomes = evidence.outcomes();
    const of = ({ key, versionId }: Uploaded) =>
      outcomes.filter(({ upload }) => upload?.key === key && upload.versionId === versionId);
    const last = lastOfKeys(stack.uploads);
    for (const upload of last)
      if (of(upload).length === 0) found.push(`${upload.key} ${upload.versionId} has no outcome`);
    if (after === null || outsider) return found;
    for (const [endpointName, uploads] of Map.groupBy(last, ({ key }) => endpointOfKey(key))) {
      const ofEndpoint = stack.uploads.filter(({ key }) => endpointOfKey(key) === endpointName);
      // A version that was replaced before anybody looked at it has no outcome of its own.
      const accepted = ofEndpoint.filter(
        (upload) => upload.archive.kind !== 'rejected' && (uploads.includes(upload) || of(upload).length > 0),
      );
      const newest = Math.max(...accepted.map(({ lastModified }) => lastModified));
      const candidates = accepted.filter(({ lastModified }) => lastModified === newest);
      const ends = candidates.flatMap((upload) => of(upload).map(({ outcome }) => outcome));
      if (candidates.length > 0 && ends.length > 0 && ends.every((end) => end === 'superseded'))
        found.push(`the newest upload of ${endpointName} ended superseded`);
      const { artifactSha256 } = servedBy(after, liveOf(after, endpointName));
      const deployed = candidates.filter((upload) =>
        of(upload).some(({ outcome }) => outcome === 'deployed' || outcome === 'unchanged'),
      );
      const hasAction = outcomes.some(({ action, outcome }) => action !== 'deploy' && outcome !== 'rejected');
      if (deployed.length > 0 && !hasAction && !deployed.some(({ archive }) => archive.sha256 === artifactSha256))
        found.push(`${endpointName} does not serve its newest upload`);
    }
    return found;
  },
};

const rejectedCallsNothing: Rule = {
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

const capacityStays: Rule = {
  number: 6,
  name: 'capacityStays',
  text: 'An update never lowers serving capacity below what it was, and scaling is put back exactly as it was after a failure.',
  broken: (evidence, { outsider, mayDelete, unknown }) => {
    if (outsider || mayDelete) return [];
    const found: string[] = [];
    for (const [name, was] of evidence.capacityBefore) {
      const lowest = evidence.lowest.get(name) ?? was;
      if (lowest < was) found.push(`the capacity of ${name} fell from ${was} to ${lowest}`);
    }
    const { after } = evidence;
    const outcomes = outcomesOf(evidence);
    if (after === null || outcomes.length === 0 || unknown != null) return found;
    const before = toBeAgain(evidence, after);
    const failed = outcomes.every(({ outcome }) => outcome === 'rolledBack' || outcome === 'rejected');
    const scalingOf = (alive: Snapshot) =>
      canonicalJson([alive.scalableTargets, alive.scalingPolicies, alive.scheduledActions]);
    if (failed && scalingOf(before) !== scalingOf(after)) found.push('scaling is not as it was');
    // What people scheduled is theirs: an update takes it off for its own time at most, unless it is asked to end all scaling.
    const staysScaled = firstClaims(evidence).every((claim) => succeeded(claim) && claim.plan?.scaling !== null);
    if (staysScaled && canonicalJson(before.scheduledActions) !== canonicalJson(after.scheduledActions))
      found.push('the schedules are not as they were');
    return found;
  },
};

const noDataIsNoPass: Rule = {
  number: 7,
  name: 'noDataIsNoPass',
  text: 'No data is not a pass: a model that nothing reached is not verified.',
  broken: (evidence) =>
    firstClaims(evidence)
      .filter(succeeded)
      .flatMap(({ outcome, artifactSha256 }) => {
        const asked = evidence.invocations.get(outcome.rolloutId) ?? 0;
        const hasCases = archiveOf(artifactSha256 ?? undefined)?.kind !== 'unverified';
        if (hasCases && asked === 0)
          return [`${outcome.rolloutId} says ${outcome.outcome}, and asked the model nothing`];
        if (hasCases && outcome.verified !== 'golden')
          return [`${outcome.rolloutId} has golden cases and is ${outcome.verified}`];
        return [];
      }),
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html allows 25,000 events and 256 KiB. */
const MAXIMUM_EVENTS = 12_000;
const MAXIMUM_STATE_BYTES = 32 * 1024;

const everyEndIsReported: Rule = {
  number: 8,
  name: 'everyEndIsReported',
  text: 'Every execution ends with an outcome that equals its status; what was aborted is taken up, and the lease is free again.',
  broken: (evidence, { mayNeedAttention, mayLackOutcome, mayBeUnreported }) => {
    const { stack } = evidence;
    const found: string[] = [];
    const outcomes = new Map(evidence.outcomes().map((outcome) => [outcome.rolloutId, outcome]));
    for (const { name, status, events, largestStateBytes, input, error } of stack.account.executions.values()) {
      if (status === 'RUNNING') found.push(`${name} is still running`);
      if (events > MAXIMUM_EVENTS) found.push(`${name} has ${events} events`);
      if (largestStateBytes > MAXIMUM_STATE_BYTES) found.push(`${name} has a state of ${largestStateBytes} bytes`);
      if ((input as { action?: string } | null)?.action === 'recover') continue;
      const outcome = outcomes.get(name);
      if (outcome === undefined) {
        if (!mayLackOutcome) found.push(`${name} (${status} ${error}) has no outcome`);
        continue;
      }
      if (status === 'SUCCEEDED' && !outcome.succeeded) found.push(`${name} SUCCEEDED and ended ${outcome.outcome}`);
      // Who was driven again while another execution finished for it does not hear of its outcome any more.
      if (status === 'FAILED' && outcome.succeeded && !mayBeUnreported && outcome.recoveredBy === null)
        found.push(`${name} FAILED and ended ${outcome.outcome}`);
      if (outcome.outcome === 'needsAttention') {
        if (outcome.left.length === 0) found.push(`${name} does not say what is left`);
        if (!mayNeedAttention)
          found.push(`${name} needs attention: ${outcome.error} ${outcome.cause} ${outcome.left.join(' ')}`);
      }
    }
    if (!mayLackOutcome)
      for (const { endpointName, owner, waiting } of evidence.leases()) {
        if (owner !== null) found.push(`the lease of ${endpointName} is still held by ${owner.rollout.rolloutId}`);
        if (waiting.length > 0) found.push(`${waiting.length} still wait for ${endpointName}`);
      }
    return found;
  },
};

const servingStandsAlone: Rule = {
  number: 9,
  name: 'servingStandsAlone',
  text: 'What serves, or may be gone back to, never refers to anything that is gone: configuration, model, write-once artifact, image by digest.',
  broken: (evidence, { outsider }) => {
    const { stack, after, before } = evidence;
    if (after === null) return [];
    const found: string[] = [];
    const isGone = (key: string) => stack.account.s3.current(key) === undefined;
    for (const name of Object.keys(after.endpoints)) {
      // A candidate that is left serves what lies in the folder of the endpoint that it was made for.
      const served = servedBy(after, liveOf(after, name)).artifactKey;
      if (served !== null && isGone(served)) found.push(`${name} serves the artifact ${served}, which is not kept`);
      for (const sha256 of evidence.retainedArtifacts(name))
        if (isGone(artifactKey(name, sha256, 'model.tar.gz')))
          found.push(`a retained release of ${name} needs the artifact ${sha256}, which is not kept`);
    }
    if (outsider) return found;
    for (const [name, endpoint] of Object.entries(after.endpoints)) {
      if (name === FOREIGN || canonicalJson(before.endpoints[name]) === canonicalJson(endpoint)) continue;
      const { image, missing } = servedBy(after, liveOf(after, name));
      if (missing !== null) found.push(`${name} serves without ${missing}`);
      else if (image?.includes('@sha256:') === false) found.push(`${name} serves an image by its tag`);
    }
    return found;
  },
};

const leastPrivilege: Rule = {
  number: 10,
  name: 'leastPrivilege',
  text: 'Every function makes only the calls that its role grants.',
  broken: ({ stack }) =>
    stack.account.ungranted.map(({ by, service, operation }) => `${by.of.name} called ${service}:${operation}`),
};

/** Not one of the ten, but what makes faults that pass harmless. */
const whatPassesPasses: Rule = {
  number: 11,
  name: 'whatPassesPasses',
  text: 'What passes by itself (throttling, 5xx, lost answers) changes nothing of how a rollout ends.',
  broken: (evidence, { ends }) => {
    if (ends == null) return [];
    const [only] = outcomesOf(evidence);
    if (only?.outcome === ends) return [];
    return [
      `it ended ${only?.outcome ?? 'without an outcome'} instead of ${ends}: ${only?.error} ${only?.cause} ${only?.left?.join(' ')}`,
    ];
  },
};

export const rules: readonly Rule[] = [
  inUseStays,
  nothingRemains,
  successIsTrue,
  newestWins,
  rejectedCallsNothing,
  capacityStays,
  noDataIsNoPass,
  everyEndIsReported,
  servingStandsAlone,
  leastPrivilege,
  whatPassesPasses,
];

function difference(before: object, after: object): string {
  const parts = (world: object) =>
    Object.entries(world).flatMap(([kind, all]) =>
      Object.entries(all as object).map(([name, one]) => `${kind} ${name} ${canonicalJson(one)}`),
    );
  const [was, is] = [parts(before), parts(after)];
  return [
    ...was.filter((part) => !is.includes(part)).map((part) => `- ${part}`),
    ...is.filter((part) => !was.includes(part)).map((part) => `+ ${part}`),
  ]
    .map((line) => line.slice(0, 600))
    .join('\n');
}
