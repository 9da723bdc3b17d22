// What is needed stays, what failed leaves nothing behind, and what serves refers to nothing that is gone.
import { canonicalJson } from '../../../lambdas/core/naming/names.ts';
import { artifactKey } from '../../../lambdas/core/naming/object-keys.ts';
import { ROLLOUT_TAG } from '../../../lambdas/core/naming/ownership-tags.ts';
import { FOREIGN } from '../../world/bases.ts';
import { PLATFORM } from '../../world/stack-names.ts';
import { outcomesOf } from '../claims.ts';
import type { Evidence, Snapshot } from '../evidence.ts';
import { toBeAgain } from '../passed-schedules.ts';
import { artifactBefore, retainedArtifacts } from '../retained-artifacts.ts';
import type { Expectation, Rule } from '../rule.ts';
import { liveOf, servedByAll } from '../served.ts';

export const inUseStays: Rule = {
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

export const nothingRemains: Rule = {
  number: 2,
  name: 'nothingRemains',
  text: 'After a failure nothing made by the rollout remains, an update that fails never deletes the endpoint, and what this system did not make is not touched.',
  broken: (evidence, expectation) => {
    const { after, forgotten } = evidence;
    if (after === null || expectation.mayLackOutcome) return [];
    return [
      ...forgotten.map((what) => `${what} is left, and nothing refers to it`),
      ...whatFailedLeft(evidence, after),
      ...alarmsLeft(evidence, after),
      ...endpointsGone(evidence, after, expectation),
      ...(ofForeign(evidence.before) === ofForeign(after) ? [] : ['what somebody else made was changed']),
      ...notAsBefore(evidence, after, expectation),
    ];
  },
};

type Tagged = { tags?: Record<string, string> };
/** Everything at SageMaker by kind, name and the rollout that made it. */
const madeThings = (alive: Snapshot) =>
  (['models', 'endpointConfigs', 'endpoints'] as const).flatMap((kind) =>
    Object.entries(alive[kind]).map(([name, thing]) => ({ kind, name, by: (thing as Tagged).tags?.[ROLLOUT_TAG] })),
  );

function whatFailedLeft(evidence: Evidence, after: Snapshot): string[] {
  const ends = new Map(evidence.outcomes().map(({ rolloutId, outcome }) => [rolloutId, outcome]));
  return madeThings(after).flatMap(({ kind, name, by }) => {
    const end = by === undefined ? 'deployed' : ends.get(by);
    if (end === 'deployed' || end === 'needsAttention' || end === 'retired') return [];
    return [`${kind} ${name} of ${by}, which ended ${end ?? 'without an outcome'}, remains`];
  });
}

/** Alarms watch one update: none outlives a rollout that came to its end. */
function alarmsLeft(evidence: Evidence, after: Snapshot): string[] {
  if (evidence.outcomes().some(({ outcome }) => outcome === 'needsAttention')) return [];
  const left = Object.keys(after.alarms).filter((name) => !(name in evidence.before.alarms));
  return left.map((name) => `the alarm ${name} remains`);
}

function endpointsGone({ before }: Evidence, after: Snapshot, { mayDelete, outsider }: Expectation): string[] {
  if (mayDelete || outsider) return [];
  const gone = Object.keys(before.endpoints).filter((name) => !(name in after.endpoints));
  return gone.map((name) => `the endpoint ${name} is gone`);
}

const ofForeign = (alive: Snapshot) =>
  canonicalJson([alive.models[FOREIGN], alive.endpointConfigs[FOREIGN], alive.endpoints[FOREIGN]]);

/** Of the one rollout that there was, and that was rolled back. */
function notAsBefore(evidence: Evidence, after: Snapshot, { outsider }: Expectation): string[] {
  const [only, ...others] = outcomesOf(evidence).filter(({ action }) => action !== 'cancel');
  if (only?.outcome !== 'rolledBack' || others.length > 0 || outsider) return [];
  const again = withCountsThatScalingLowers(toBeAgain(evidence, after), after);
  return canonicalJson(again) === canonicalJson(after) ? [] : [`it is not as before: ${difference(again, after)}`];
}

type Counted = Record<'VariantName' | 'CurrentInstanceCount' | 'DesiredInstanceCount', unknown>;

/**
 * Of several variants one may have been given instances, to have room for more of the traffic. Where it is scaled, scaling lowers
 * them again: nobody knows whether it has raised them meanwhile.
 */
function withCountsThatScalingLowers(before: Snapshot, after: Snapshot): Snapshot {
  const endpoints = Object.entries(before.endpoints).map(([name, endpoint]) => {
    const [was, is] = [endpoint, after.endpoints[name] ?? {}].map(
      (each) => (each as { ProductionVariants?: Counted[] }).ProductionVariants ?? [],
    );
    if (was!.length < 2) return [name, endpoint];
    const variants = was!.map((variant, index) => {
      const now = is![index];
      const isScaled = Object.keys(before.scalableTargets).some((key) =>
        key.includes(`endpoint/${name}/variant/${variant.VariantName}`),
      );
      if (!isScaled || now === undefined || Number(now.CurrentInstanceCount) < Number(variant.CurrentInstanceCount))
        return variant;
      const { CurrentInstanceCount, DesiredInstanceCount } = now;
      return { ...variant, CurrentInstanceCount, DesiredInstanceCount };
    });
    return [name, { ...endpoint, ProductionVariants: variants }];
  });
  return { ...before, endpoints: Object.fromEntries(endpoints) };
}

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

export const servingStandsAlone: Rule = {
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
      for (const { artifactKey: served } of servedByAll(after, liveOf(after, name)))
        if (served !== null && isGone(served)) found.push(`${name} serves the artifact ${served}, which is not kept`);
      const releases = evidence.releasesOf(name);
      const { retainedReleases } = PLATFORM.settings;
      for (const sha256 of [...retainedArtifacts(releases, retainedReleases), ...artifactBefore(releases)])
        if (isGone(artifactKey(name, sha256, 'model.tar.gz')))
          found.push(`a retained release of ${name} needs the artifact ${sha256}, which is not kept`);
    }
    if (outsider) return found;
    for (const [name, endpoint] of Object.entries(after.endpoints)) {
      if (name === FOREIGN || canonicalJson(before.endpoints[name]) === canonicalJson(endpoint)) continue;
      for (const { image, missing } of servedByAll(after, liveOf(after, name)))
        if (missing !== null) found.push(`${name} serves without ${missing}`);
        else if (image?.includes('@sha256:') === false) found.push(`${name} serves an image by its tag`);
    }
    return found;
  },
};
