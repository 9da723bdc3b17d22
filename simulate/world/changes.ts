// Every kind of change. With an end each is a rollout.
import { asking, canary, larger, linear, live, rolling, settings, unscaled, uploads } from './asked.ts';
import { canaryInvocations } from './bases.ts';
import type { Change } from './change.ts';
import { changesOfAsync } from './changes-of-async.ts';
import { changesOfServerless } from './changes-of-serverless.ts';
import { changesOfVariants } from './changes-of-variants.ts';

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
  /** In a network and under a key, which its manifest does not name again: they stay. */
  updatePrivate: {
    ...{ base: 'private', begin: uploads({ canaryInvocations, tags: settings.tags }), like: 'update' },
    own: ['CreateModel', 'CreateEndpointConfig', 'DeployCandidate', 'DeployEndpoint', 'RollBack'],
  },
  settings: { base: 'scaledOut', begin: asking(settings) },
  again: { base: 'serving', begin: uploads({ canaryInvocations }, { number: 1 }), outcome: 'unchanged' },
  /** The oldest release goes, and the artifact of one that failed. */
  superseding: { base: 'fourReleases', begin: uploads({ canaryInvocations }, { number: 8 }) },
  rollback: { base: 'twoReleases', begin: asking({ action: 'rollback' }) },
  retire: { base: 'scaledOut', begin: asking({ action: 'retireEndpoint' }), outcome: 'retired' },
  ...changesOfVariants,
  ...changesOfServerless,
  ...changesOfAsync,
} as const satisfies Record<string, Change>;
export type ChangeName = keyof typeof changes;

export const changeOf = (name: ChangeName): Change => changes[name];
