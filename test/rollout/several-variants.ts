// Endpoints with several production variants, to roll out to: a champion with most of the traffic, and a challenger.
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import {
  ALL_AT_ONCE,
  type ResolvedRequest,
  type ResolvedStrategy,
  type ResolvedVariant,
} from '../../state-machine/contract/resolved-request.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { answerOf, RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';

export const SHA_3 = '3'.repeat(64);
export const alarms = { maximumErrorPercent: 5, maximumP99Milliseconds: null, names: [] as string[] };
export const linear: ResolvedStrategy = {
  ...{ traffic: { type: 'linear', stepPercent: 50, waitSeconds: 120 }, terminationWaitSeconds: 60 },
  maximumExecutionSeconds: null,
};

function variant(name: string, weight: number, change: Partial<ResolvedVariant> = {}): ResolvedVariant {
  const { image, environment, hosting } = aResolvedRequest();
  return { name, weight, image, environment, hosting, scaling: null, goldenCases: null, trust: null, ...change };
}

export const instances = (instanceCount: number): Partial<ResolvedVariant> => ({
  hosting: { ...aResolvedRequest().hosting, instanceCount },
});

/** Each variant by name: its artifact, its weight, and what else is said of it. */
export type Wanted = Record<string, [sha: string, weight: number, change?: Partial<ResolvedVariant>]>;

export function wish(wanted: Wanted, change: Partial<ResolvedRequest> = {}) {
  const variants = Object.entries(wanted).map(([name, [, weight, of]]) => variant(name, weight, of));
  const artifactOf = Object.fromEntries(Object.entries(wanted).map(([name, [sha]]) => [name, sha]));
  return { artifactOf, request: { variants, strategy: ALL_AT_ONCE, alarms: null, ...change } };
}

export const scaled = { ...instances(4), scaling: { ...aResolvedRequest().scaling!, maximum: 9 } };
export const two: Wanted = { champion: [SHA_1, 9, instances(4)], challenger: [SHA_2, 1] };

/** Both serve, the champion nine of ten. */
export async function serving(wanted: Wanted = two, options: HostingOptions = {}): Promise<RolloutAccount> {
  const account = new RolloutAccount(options);
  const { cause, succeeded } = await account.rollOut(wish(wanted));
  expect([cause, succeeded]).toEqual([null, true]);
  account.hosting.calls.length = 0;
  return account;
}

/** Weight and instances of each variant, and how many of them there are. */
export async function live(account: RolloutAccount): Promise<Record<string, [weight?: number, instances?: number]>> {
  const command = new DescribeEndpointCommand({ EndpointName: 'iris' });
  const { ProductionVariants = [] } = await account.clients.sageMaker.send(command);
  return Object.fromEntries(
    ProductionVariants.map((each) => [each.VariantName, [each.CurrentWeight, each.CurrentInstanceCount]]),
  );
}

export const calls = (account: RolloutAccount, operation: string) =>
  account.hosting.calls
    .filter((call) => call.operation === operation && call.errorCode === undefined)
    .map(({ input }) => input as Record<string, unknown>);

export const adjusted = (account: RolloutAccount) =>
  calls(account, 'UpdateEndpointWeightsAndCapacities').map(({ DesiredWeightsAndCapacities }) =>
    Object.fromEntries(
      (DesiredWeightsAndCapacities as Record<string, unknown>[]).map((each) => [
        each.VariantName,
        each.DesiredWeight ?? `${each.DesiredInstanceCount} instances`,
      ]),
    ),
  );

export const deployed = { cause: null, succeeded: true, outcome: { outcome: 'deployed', verified: 'golden' } };

/** A model that answers as it should until it gets customers' requests on the live endpoint. */
export function failsLive(account: RolloutAccount, sha: string, after: number): void {
  let asked = 0;
  account.answer = (url, endpointName) => {
    if (!url?.includes(sha) || endpointName !== 'iris') return answerOf(url);
    asked += 1;
    return asked <= after ? answerOf(url) : { status: 200, body: '{"artifact":"none"}' };
  };
}
