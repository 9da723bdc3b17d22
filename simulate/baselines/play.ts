// The same faults for clients as people write them today, and which of the rules each of them breaks.

import { canonicalJson } from '../../lambdas/core/naming/names.ts';
import type { LifeCycleFault } from '../../local/hosting/fault-plan.ts';
import type { Snapshot } from '../judging/evidence.ts';
import { answersRight, liveOf } from '../judging/served.ts';
import { seedOf } from '../suites/scenario.ts';
import { type ArchiveKind, archive } from '../world/archives.ts';
import { ENDPOINT } from '../world/bases.ts';
import { engineAsItIs } from '../world/engine.ts';
import {
  type CallFault,
  type FaultKind,
  type FaultTimes,
  faultKinds,
  faultTimes,
  injecting,
  isPossible,
  nameOfFault,
  type Site,
  sitesOf,
} from '../world/faults.ts';
import type { SimulatedFunction } from '../world/functions.ts';
import { Invocation } from '../world/invocation.ts';
import { keyOf, SimulatedStack } from '../world/simulated-stack.ts';
import { type BaselineClient, pythonSdk, terraform, type Wish } from './clients.ts';

export interface BaselineResult {
  readonly client: string;
  readonly scenarios: number;
  /** Scenarios in which each rule was broken. */
  readonly broken: Record<string, number>;
  /** One of them, by rule. */
  readonly examples: Record<string, string>;
}

const clients: Record<string, { run: BaselineClient; sdkAttempts: number }> = {
  // botocore's legacy mode tries five times: https://docs.aws.amazon.com/boto3/latest/guide/retries.html
  'SageMaker Python SDK': { run: pythonSdk, sdkAttempts: 5 },
  // max_retries: https://registry.terraform.io/providers/hashicorp/aws/latest/docs
  'Terraform resource': { run: terraform, sdkAttempts: 25 },
};

interface Case {
  readonly name: string;
  readonly kind: ArchiveKind;
  /** Whether the client's own first version serves already, scaled out to three instances. */
  readonly isUpdate: boolean;
  readonly faults: readonly CallFault[];
  readonly fault?: LifeCycleFault;
  /** The process is killed at this call. */
  readonly killedAt?: number;
  /** A second process deploys a newer upload at the same time. */
  readonly isRace?: boolean;
}

const DAY_SECONDS = 86_400;
const asFunction = (name: string, run: BaselineClient): SimulatedFunction => ({
  ...{ name, step: name, timeoutSeconds: DAY_SECONDS, granted: [] },
  run: (world, payload) => run(world, payload as Wish),
});

class Baseline {
  readonly stack: SimulatedStack;
  readonly #function: SimulatedFunction;

  constructor(client: { run: BaselineClient; sdkAttempts: number }, seed: number) {
    // Its credentials may do everything.
    this.stack = new SimulatedStack({
      ...engineAsItIs(),
      seed,
      sweeps: false,
      sdkAttempts: client.sdkAttempts,
      isUnlimited: true,
    });
    this.#function = asFunction('client', client.run);
  }

  /** What became of it; null where it was killed. */
  async deploy(
    kind: ArchiveKind,
    number: number,
    killedAt = Number.POSITIVE_INFINITY,
  ): Promise<{ sha256: string; succeeded: boolean | null }> {
    const { account } = this.stack;
    const { bytes, sha256 } = await archive(kind, number);
    const key = keyOf(ENDPOINT, number);
    account.s3.put(key, bytes);
    account.shaOfKey.set(key, sha256);
    const invocation = new Invocation(account, this.#function, null);
    const of = { sha256, succeeded: null as boolean | null };
    const before = account.interceptor;
    let made = 0;
    account.interceptor = (call, next) => {
      if (call.by === invocation && ++made === killedAt) invocation.isDead = true;
      return before(call, next);
    };
    const ended = invocation.run({ key, stamp: `v${number}` }).then(
      () => Object.assign(of, { succeeded: true }),
      () => Object.assign(of, { succeeded: false }),
    );
    void ended;
    return of;
  }
}

async function played(
  name: string,
  client: (typeof clients)[string],
  { kind, isUpdate, faults, fault, killedAt, isRace }: Case,
  seed: number,
) {
  const baseline = new Baseline(client, seed);
  const { account } = baseline.stack;
  if (isUpdate) {
    await baseline.deploy('good', 1);
    await account.time.run(() => false, account.time.now + 120_000);
    const target = {
      ServiceNamespace: 'sagemaker',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      ResourceId: `endpoint/${ENDPOINT}/variant/primary`,
    };
    await account.perform({
      service: 'application-autoscaling',
      operation: 'RegisterScalableTarget',
      input: { ...target, MinCapacity: 1, MaxCapacity: 5 },
    });
    account.hosting.autoScale(ENDPOINT, 'primary', 3);
    await account.time.run(() => false, account.time.now + 120_000);
  }
  const before = account.hosting.snapshot();
  const instances = account.hosting.serving(ENDPOINT)?.instances ?? 0;
  let lowest = instances;
  let invoked = 0;
  let hosted = 0;
  account.calls.length = 0;
  account.observe = ({ operation }) => {
    hosted += 1;
    if (operation === 'InvokeEndpoint') invoked += 1;
    lowest = Math.min(lowest, account.hosting.serving(ENDPOINT)?.instances ?? 0);
  };
  if (fault !== undefined) account.hosting.faultPlan.plan(fault);
  account.interceptor = injecting(faults, () => account.time.now);
  const first = await baseline.deploy(kind, 2, killedAt);
  if (isRace) await account.time.run(() => false, account.time.now + 200);
  const second = isRace ? await baseline.deploy('good', 3) : null;
  await account.time.run(() => false, account.time.now + DAY_SECONDS * 1000);
  return { name, account, before, first, second, lowest, instances, invoked, hosted };
}

type Played = Awaited<ReturnType<typeof played>>;

/** The rules, as far as they can be held against a client that makes no promise but its exit status. */
const checks: Record<string, (run: Played, of: Case) => boolean> = {
  inUseStays: ({ account }) => account.hosting.journal.some(({ kind }) => kind === 'deletedWhileInUse'),
  nothingRemains: ({ account, before, first, second }) =>
    second === null && first.succeeded !== true && canonicalJson(before) !== canonicalJson(account.hosting.snapshot()),
  successIsTrue: ({ account, first, second }) => {
    const last = second ?? first;
    return last.succeeded === true && (servedSha(account) !== last.sha256 || !answersRight(last.sha256));
  },
  newestWins: ({ account, second }) => second !== null && servedSha(account) !== second.sha256,
  rejectedCallsNothing: ({ hosted }, { kind }) => kind === 'rejected' && hosted > 0,
  capacityStays: ({ lowest, instances }) => lowest < instances,
  noDataIsNoPass: ({ first, invoked }) => first.succeeded === true && invoked === 0,
  everyEndIsReported: ({ first }, { killedAt }) => killedAt !== undefined && first.succeeded !== true,
  servingStandsAlone: ({ account, before }) => {
    const after = account.hosting.snapshot();
    const url = modelOf(after)?.ModelDataUrl ?? '';
    return (
      canonicalJson(before.endpoints) !== canonicalJson(after.endpoints) && url !== '' && !url.includes('/artifacts/')
    );
  },
};

function modelOf(alive: Snapshot): { ModelDataUrl?: string } | undefined {
  const config = alive.endpointConfigs[liveOf(alive, ENDPOINT)?.EndpointConfigName ?? ''] as
    | { ProductionVariants: { ModelName: string }[] }
    | undefined;
  const model = alive.models[config?.ProductionVariants[0]?.ModelName ?? ''] as
    | { PrimaryContainer: object }
    | undefined;
  return model?.PrimaryContainer;
}

function servedSha(account: Played['account']): string | undefined {
  const url = modelOf(account.hosting.snapshot())?.ModelDataUrl ?? '';
  return account.shaOfKey.get(url.split('/').slice(3).join('/'));
}

const fates: readonly LifeCycleFault[] = [
  { kind: 'rolledBack', change: 'update' },
  { kind: 'noCapacity' },
  { kind: 'unhealthy' },
  { kind: 'stuck' },
  { kind: 'rollbackFails', change: 'update' },
];

async function casesOf(client: (typeof clients)[string], seed: number): Promise<Case[]> {
  const all: Case[] = [];
  for (const isUpdate of [false, true]) {
    const what = isUpdate ? 'update' : 'create';
    const plain = { kind: 'good', isUpdate, faults: [] } as const;
    const { account } = await played('plain', client, { ...plain, name: what }, seed);
    const sites: Site[] = sitesOf(account.calls);
    for (const kind of ['good', 'wrong', 'rejected'] as const) all.push({ ...plain, kind, name: `${what} ${kind}` });
    for (const fault of fates) all.push({ ...plain, fault, name: `${what} ${fault.kind}` });
    for (let killedAt = 1; killedAt <= account.calls.length; killedAt++)
      all.push({ ...plain, killedAt, name: `${what} killed at call ${killedAt}` });
    all.push({ ...plain, isRace: true, name: `${what}, two at once` });
    for (const site of sites)
      for (const kind of Object.keys(faultKinds) as FaultKind[])
        for (const times of Object.keys(faultTimes) as FaultTimes[]) {
          const fault = { site, kind, times };
          if (isPossible(fault)) all.push({ ...plain, faults: [fault], name: `${what} ${nameOfFault(fault)}` });
        }
  }
  return all;
}

export async function playBaselines(seed: number): Promise<BaselineResult[]> {
  const results: BaselineResult[] = [];
  for (const [name, client] of Object.entries(clients)) {
    const broken: Record<string, number> = Object.fromEntries(Object.keys(checks).map((rule) => [rule, 0]));
    const examples: Record<string, string> = {};
    const cases = await casesOf(client, seed);
    for (const each of cases) {
      const run = await played(name, client, each, seedOf(seed, each.name));
      for (const [rule, isBroken] of Object.entries(checks)) {
        if (!isBroken(run, each)) continue;
        broken[rule]! += 1;
        examples[rule] ??= each.name;
      }
    }
    results.push({ client: name, scenarios: cases.length, broken, examples });
  }
  return results;
}
