// Kinds of change: what is there before, and what is asked for. With an end each is a rollout.
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';
import { type BaseName, type Begin, canaryInvocations, requesting, uploading } from './bases.ts';
import { type EndName, ends, isOfBadModel } from './ends.ts';

export interface Change {
  readonly base: BaseName;
  /** What is there before where it is refused. */
  readonly refusedOn?: BaseName;
  readonly begin: (end: EndName) => Begin;
  /** How it ends as wanted; by default `deployed`. */
  readonly outcome?: OutcomeName;
  /** The kind from which it differs only in some functions. */
  readonly like?: ChangeName;
  /** Those functions; by default those that work while the endpoint changes. */
  readonly own?: readonly string[];
  /** The function that asks a model without golden cases. */
  readonly asks?: string;
}

const scaling = { minimum: 1, maximum: 8, target: 50, scaleInCooldownSeconds: 10, scaleOutCooldownSeconds: 10 };
const settings = { canaryInvocations, scaling, tags: { owner: 'botany' } };
const live = { ...settings, verification: 'live' };
/** Under SageMaker's guardrails: one of three instances first, watched by alarms; short waits, for each golden request is a call. */
const guarded = (strategy: object) => ({
  ...{ ...live, alarms: { maximumErrorPercent: 10 } },
  strategy: { waitSeconds: 60, ...strategy },
});
const canary = guarded({ type: 'canary', canaryPercent: 34, terminationWaitSeconds: 20 });
/** The same with the traffic in three steps of one instance each: to a second fleet, or as the instances are replaced. */
const linear = guarded({ type: 'linear', stepPercent: 34, terminationWaitSeconds: 20 });
const rolling = guarded({ type: 'rolling', batchPercent: 34 });
/** Another instance type: SageMaker takes it only while the variant is not scaled, so that its schedules go and come back. */
const larger = { ...live, hosting: { type: 'realtime', instanceType: 'ml.c5.large' } };
/** Scaling ends with it, so that a rollback has to bring it back. */
const unscaled = { scaling: 'none' };
const wrongCases = [{ name: 'never', request: { body: {} }, expect: { status: 200, json: { number: -1 } } }];

const BAD_MODEL = 3;
/** The model of an upload: as the end needs it. `ofBad`: what the manifest says besides where the model is bad. */
const uploads =
  (manifest: object, { number = 2, ofBad = {} } = {}) =>
  (end: EndName): Begin => {
    const isBad = isOfBadModel(end);
    return uploading(ends[end].archive, isBad ? BAD_MODEL : number, isBad ? { ...manifest, ...ofBad } : manifest);
  };
/** The model that serves stays; what is wrong then are golden cases that it cannot answer. */
const asking = (request: Record<string, unknown>) => (end: EndName) =>
  requesting(
    end === 'wrong'
      ? { ...request, ...unscaled, canaryInvocations: { ...canaryInvocations, cases: wrongCases } }
      : request,
  );

export const changes = {
  create: { base: 'nothing', begin: uploads({ canaryInvocations }, { number: 1 }), asks: 'RunCanary' },
  update: { base: 'scaledOut', begin: uploads(settings), asks: 'VerifyCandidate' },
  updateLive: { base: 'scaledOut', begin: uploads(live, { ofBad: unscaled }) },
  updateGuarded: { base: 'scaledOut', begin: uploads(canary) },
  updateLinear: { base: 'scaledOut', begin: uploads(linear), like: 'updateGuarded' },
  updateRolling: { base: 'scaledOut', begin: uploads(rolling), like: 'updateGuarded' },
  updateScheduled: { base: 'scheduled', begin: uploads(larger), like: 'updateLive' },
  /** The first rollout to an endpoint that something else made: it may have a key, which an update would drop. */
  takeOver: {
    base: 'handedOver',
    refusedOn: 'encrypted',
    begin: uploads(live, { ofBad: unscaled }),
    like: 'updateLive',
    own: ['PlanRollout', 'RollBack', 'CheckRollback'],
  },
  settings: { base: 'scaledOut', begin: asking(settings) },
  again: { base: 'serving', begin: uploads({ canaryInvocations }, { number: 1 }), outcome: 'unchanged' },
  /** The oldest release goes, and the artifact of one that failed. */
  superseding: { base: 'fourReleases', begin: uploads({ canaryInvocations }, { number: 8 }) },
  rollback: { base: 'twoReleases', begin: asking({ action: 'rollback' }) },
  retire: { base: 'scaledOut', begin: asking({ action: 'retireEndpoint' }), outcome: 'retired' },
} as const satisfies Record<string, Omit<Change, 'like'> & { like?: string }>;
export type ChangeName = keyof typeof changes;

export const changeOf = (name: ChangeName): Change => changes[name];
