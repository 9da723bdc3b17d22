// What SageMaker and people do to an endpoint while it is rolled out: every fault of its life cycle, at every look at it.
import type { LifeCycleFault } from '../../local/hosting/fault-plan.ts';
import type { Account } from '../world/account.ts';
import { CHALLENGER, CHAMPION, ENDPOINT, FOREIGN } from '../world/bases.ts';
import { type HostingName, isRetirement, type SituationName, situations } from '../world/situations.ts';
import { type Scenario, stage } from './scenario.ts';

type Fate = { readonly name: string; readonly fault: LifeCycleFault; readonly mayNeedAttention?: boolean };

const fates: readonly Fate[] = [
  { name: 'no capacity', fault: { kind: 'noCapacity' } },
  { name: 'a container that is never healthy', fault: { kind: 'unhealthy' } },
  { name: 'provisioning that never ends', fault: { kind: 'stuck' }, mayNeedAttention: true },
  { name: 'a failure with a reason', fault: { kind: 'fails', reason: 'CannotPullContainerError' } },
  { name: 'a rollback without a word', fault: { kind: 'rolledBack' } },
  { name: 'a rollback with a reason', fault: { kind: 'rolledBack', reason: 'an alarm' } },
  { name: 'a rollback that fails too', fault: { kind: 'rollbackFails' }, mayNeedAttention: true },
];

const deployments: readonly SituationName[] = [
  'create',
  'createWrong',
  'update',
  'updateWrong',
  'updateLive',
  'updateLiveWrong',
  'rollback',
  'createTwo',
  'updateOfTwo',
  'updateLiveOfTwoWrong',
  'weights',
  'weightsInStepsWrong',
  'addVariant',
  'removeVariant',
  'createServerless',
  'updateLiveServerlessWrong',
  'createAsync',
  'updateLiveAsyncWrong',
];

/** The change that it meets: the first of its kind, the second (the candidate comes before the endpoint), or every one. */
const changes = [
  { change: 'create', times: 1 },
  { change: 'create', times: 2 },
  { change: 'update', times: 1 },
  { change: 'update', times: 3 },
  { change: 'scale', times: 1 },
] as const;

export function lifeCycleFaults(): Scenario[] {
  return deployments.flatMap((situation) =>
    fates.flatMap(({ name, fault, mayNeedAttention }) =>
      changes.map(
        ({ change, times }): Scenario => ({
          suite: 'lifeCycle',
          name: `${situation}: ${change} meets ${name}, ${times} times`,
          run: async (engine, seed) => {
            const { stack, evidence, begin } = await stage(engine, situation, seed);
            stack.account.hosting.faultPlan.plan({ ...fault, change, times } as LifeCycleFault);
            await begin();
            await stack.settle();
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
const interferences: Record<
  string,
  {
    act: (account: Account, situation: SituationName) => Promise<unknown>;
    isTheirs: boolean;
    isHarmless?: true;
    only?: HostingName;
  }
> = {
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
    act: async (account, situation) => account.hosting.autoScale(ENDPOINT, variantOf(situation), 5),
    isTheirs: true,
    isHarmless: true,
  },
  'an instance is lost that works on requests': {
    act: async (account) => account.hosting.loseInstance(ENDPOINT),
    isTheirs: false,
    only: 'async',
  },
  'somebody moves its weights': {
    act: (account) =>
      person(account, 'UpdateEndpointWeightsAndCapacities', {
        DesiredWeightsAndCapacities: [
          { VariantName: CHAMPION, DesiredWeight: 1 },
          { VariantName: CHALLENGER, DesiredWeight: 3 },
        ],
      }),
    isTheirs: true,
    only: 'twoVariants',
  },
};

const variantOf = (situation: SituationName) =>
  situations[situation].hosting === 'twoVariants' ? CHAMPION : 'primary';

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
  'updateLiveOfTwoWrong',
  'weights',
  'weightsWrong',
  'weightsInSteps',
  'addVariant',
  'updateLiveServerlessWrong',
  'updateAsync',
  'updateLiveAsyncWrong',
];
const MOST_STATES = 60;

export function interference(): Scenario[] {
  return touched.flatMap((situation) =>
    Object.entries(interferences).flatMap(([name, { act, isTheirs, isHarmless, only }]) =>
      Array.from(
        { length: only === undefined || only === situations[situation].hosting ? MOST_STATES : 0 },
        (_, nth): Scenario => ({
          suite: 'interference',
          name: `${situation}: ${name} at the ${nth + 1}. state`,
          run: async (engine, seed) => {
            const { stack, evidence, begin } = await stage(engine, situation, seed);
            let seen = 0;
            let met = false;
            stack.account.watch = (_execution, moment) => {
              if (moment !== 'entering' || seen++ !== nth) return;
              // It may not be possible at that moment: then nothing happens.
              act(stack.account, situation).then(
                () => {
                  met = true;
                },
                () => {},
              );
            };
            await begin();
            await stack.settle();
            const outsider = isTheirs && met;
            return {
              evidence,
              met,
              expectation: { outsider, mayNeedAttention: outsider && !isHarmless, mayDelete: isRetirement(situation) },
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
          suite: 'stale',
          name: `${situation}: endpoints ${describeSeconds} s old, configurations ${configSeconds} s`,
          run: async (engine, seed) => {
            const { stack, evidence, begin, situation: about } = await stage(engine, situation, seed);
            // No change of an endpoint is over before it is seen.
            stack.account.provisioningMilliseconds = 100_000;
            stack.account.hosting.becomeStale({ describeMs: describeSeconds * 1000, configMs: configSeconds * 1000 });
            await begin();
            await stack.settle();
            return { evidence, met: true, expectation: { ends: about.ends, mayDelete: isRetirement(situation) } };
          },
        }),
      ),
    ),
  );
}
