// What SageMaker and people do to an endpoint while it is rolled out: every misfortune of its life cycle, at every look at it.
import type { Misfortune } from '../../local/hosting/fault-plan.ts';
import type { Account } from '../world/account.ts';
import { ENDPOINT, FOREIGN, type SituationName } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';

type Fate = { readonly name: string; readonly misfortune: Misfortune; readonly mayNeedAttention?: boolean };

const fates: readonly Fate[] = [
  { name: 'no capacity', misfortune: { kind: 'noCapacity' } },
  { name: 'a container that is never healthy', misfortune: { kind: 'unhealthy' } },
  { name: 'provisioning that never ends', misfortune: { kind: 'stuck' }, mayNeedAttention: true },
  { name: 'a failure with a reason', misfortune: { kind: 'fails', reason: 'CannotPullContainerError' } },
  { name: 'a rollback without a word', misfortune: { kind: 'rolledBack' } },
  { name: 'a rollback with a reason', misfortune: { kind: 'rolledBack', reason: 'an alarm' } },
  { name: 'a rollback that fails too', misfortune: { kind: 'rollbackFails' }, mayNeedAttention: true },
];

const deployments: readonly SituationName[] = [
  'create',
  'createWrong',
  'update',
  'updateWrong',
  'updateLive',
  'updateLiveWrong',
  'rollback',
];

/** The change that it meets: the first of its kind, the second (the candidate comes before the endpoint), or every one. */
const changes = [
  { change: 'create', times: 1 },
  { change: 'create', times: 2 },
  { change: 'update', times: 1 },
  { change: 'update', times: 3 },
  { change: 'scale', times: 1 },
] as const;

export function misfortunes(): Scenario[] {
  return deployments.flatMap((situation) =>
    fates.flatMap(({ name, misfortune, mayNeedAttention }) =>
      changes.map(
        ({ change, times }): Scenario => ({
          family: 'misfortune',
          name: `${situation}: ${change} meets ${name}, ${times} times`,
          run: async (engine, seed) => {
            const { town, evidence, begin } = await stage(engine, situation, seed);
            town.account.hosting.misfortunes.plan({ ...misfortune, change, times } as Misfortune);
            await begin();
            await town.settle();
            // What keeps SageMaker from going back keeps everybody.
            const failsBack = times > 1 && change === 'update';
            return { evidence, met: true, expectation: { mayNeedAttention: mayNeedAttention === true || failsBack } };
          },
        }),
      ),
    ),
  );
}

/** What others do to the endpoint, between any two states. */
const deeds: Record<string, { act: (account: Account) => Promise<unknown>; isTheirs: boolean; isHarmless?: true }> = {
  'somebody deletes it': { act: (account) => person(account, 'DeleteEndpoint', {}), isTheirs: true },
  'somebody updates it': {
    act: (account) => person(account, 'UpdateEndpoint', { EndpointConfigName: FOREIGN }),
    isTheirs: true,
  },
  'SageMaker maintains it for a while': {
    act: async (account) => account.hosting.systemUpdate(ENDPOINT, 20 * 60_000),
    isTheirs: true,
    isHarmless: true,
  },
  'SageMaker takes it out of service': {
    act: async (account) => account.hosting.takeOutOfService(ENDPOINT, 'no healthy instance'),
    isTheirs: true,
  },
  'it scales out': {
    act: async (account) => account.hosting.autoScale(ENDPOINT, 'primary', 5),
    isTheirs: true,
    isHarmless: true,
  },
};

const person = (account: Account, operation: string, input: object) =>
  account.perform({ service: 'sagemaker', operation, input: { EndpointName: ENDPOINT, ...input } });

const touched: readonly SituationName[] = [
  'create',
  'update',
  'updateWrong',
  'updateLive',
  'updateLiveWrong',
  'settings',
  'settingsWrong',
  'rollback',
  'retire',
];
const MOST_STATES = 60;

export function interference(): Scenario[] {
  return touched.flatMap((situation) =>
    Object.entries(deeds).flatMap(([name, { act, isTheirs, isHarmless }]) =>
      Array.from(
        { length: MOST_STATES },
        (_, nth): Scenario => ({
          family: 'interference',
          name: `${situation}: ${name} at the ${nth + 1}. state`,
          run: async (engine, seed) => {
            const { town, evidence, begin } = await stage(engine, situation, seed);
            let seen = 0;
            let met = false;
            town.account.watch = (_execution, moment) => {
              if (moment !== 'entering' || seen++ !== nth) return;
              // It may not be possible at that moment: then nothing happens.
              act(town.account).then(
                () => {
                  met = true;
                },
                () => {},
              );
            };
            await begin();
            await town.settle();
            const outsider = isTheirs && met;
            return {
              evidence,
              met,
              expectation: { outsider, mayNeedAttention: outsider && !isHarmless, mayDelete: situation === 'retire' },
            };
          },
        }),
      ),
    ),
  );
}

/** DescribeEndpoint shows the past, up to a minute of it, and new configurations are not found yet. */
export function staleReads(): Scenario[] {
  const all: readonly SituationName[] = [...touched, 'createWrong', 'again'];
  return all.flatMap((situation) =>
    [1, 5, 20, 45, 60].flatMap((describeSeconds) =>
      [0, 5, 30].map(
        (configSeconds): Scenario => ({
          family: 'stale',
          name: `${situation}: endpoints ${describeSeconds} s old, configurations ${configSeconds} s`,
          run: async (engine, seed) => {
            const { town, evidence, begin, situation: about } = await stage(engine, situation, seed);
            // No change of an endpoint is over before it is seen.
            town.account.provisioningMilliseconds = 100_000;
            town.account.hosting.becomeStale({ describeMs: describeSeconds * 1000, configMs: configSeconds * 1000 });
            await begin();
            await town.settle();
            return { evidence, met: true, expectation: { ends: about.ends, mayDelete: situation === 'retire' } };
          },
        }),
      ),
    ),
  );
}
