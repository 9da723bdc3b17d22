// What a run leaves behind to judge it by: some of it is only to be seen at the moment at which it happens.
import type { Lease } from '../state-machine/contract/lease.ts';
import type { Outcome } from '../state-machine/contract/outcome.ts';
import type { Plan } from '../state-machine/contract/plan.ts';
import type { Release } from '../state-machine/contract/release.ts';
import { type Account, isHosted, type JournalledCall } from './account.ts';
import { archiveOf } from './archives.ts';
import type { Item } from './aws/expression.ts';
import { PLATFORM } from './stack.ts';
import { isRead, type Town } from './town.ts';

export type Snapshot = ReturnType<Account['hosting']['snapshot']>;

interface LiveEndpoint {
  EndpointStatus: string;
  EndpointConfigName: string;
  PendingDeploymentSummary?: unknown;
  ProductionVariants?: { CurrentInstanceCount?: number; DeployedImages?: { ResolvedImage: string }[] }[];
  tags: Record<string, string>;
}

/** What the end of a rollout said, and what was so at that very moment. */
export interface Claim {
  readonly outcome: Outcome;
  readonly isFirst: boolean;
  readonly plan: Plan | null;
  readonly live: LiveEndpoint | null;
  /** The artifact that the live endpoint's model is made of, and whether it answers what its golden cases say. */
  readonly artifactSha256: string | null;
  readonly image: string | null;
}

export class Evidence {
  readonly town: Town;
  readonly before: Snapshot;
  readonly claims: Claim[] = [];
  /** Calls that changed something at SageMaker for a rollout that did not hold the lease then. */
  readonly outsideLease: string[] = [];
  /** Configurations and models that were deleted while a kept release needed them. */
  readonly neededDeleted: string[] = [];
  /** The fewest instances that served, by endpoint, since the run began; absent where none served then. */
  readonly lowest = new Map<string, number>();
  readonly capacityBefore = new Map<string, number>();
  /** Calls of SageMaker by execution. */
  readonly hostedCalls = new Map<string, number>();
  readonly invocations = new Map<string, number>();
  /** Who held each lease last, by endpoint. */
  readonly #lastHolder = new Map<string, string>();
  /** Alarms that are there at the end. */
  readonly alarms: string[] = [];
  mutations = 0;
  after: Snapshot | null = null;

  constructor(town: Town) {
    this.town = town;
    this.before = town.account.hosting.snapshot();
    for (const name of Object.keys(this.before.endpoints)) {
      const serving = town.account.hosting.serving(name);
      if (serving !== undefined) this.capacityBefore.set(name, serving.instances);
    }
    town.account.calls.length = 0;
    town.account.observe = (call) => this.#observe(call);
  }

  /** Lets whatever is still under way come to its end, so that nothing belies the outcome later. */
  async close(): Promise<void> {
    const { time, hosting } = this.town.account;
    time.now += 2 * 3_600_000;
    this.after = hosting.snapshot();
    const described = { service: 'cloudwatch' as const, operation: 'DescribeAlarms', input: {} };
    const { MetricAlarms } = (await this.town.account.perform(described)) as { MetricAlarms?: { AlarmName: string }[] };
    this.alarms.push(...(MetricAlarms ?? []).map(({ AlarmName }) => AlarmName));
  }

  #observe(call: JournalledCall): void {
    const { service, operation, input, by, tookEffect } = call;
    const execution = by.executionName;
    if (isHosted(service)) {
      if (execution !== null) this.hostedCalls.set(execution, (this.hostedCalls.get(execution) ?? 0) + 1);
      for (const [name] of this.capacityBefore) {
        const instances = this.town.account.hosting.serving(name)?.instances ?? 0;
        this.lowest.set(name, Math.min(this.lowest.get(name) ?? Number.POSITIVE_INFINITY, instances));
      }
      if (!tookEffect) return;
      if (operation === 'InvokeEndpoint' && execution !== null)
        this.invocations.set(execution, (this.invocations.get(execution) ?? 0) + 1);
      if (isRead(operation)) return;
      this.mutations += 1;
      const what = `${by.of.name} of ${execution}: ${operation} ${targetOf(input)}`;
      if (!this.#mayChange(call)) this.outsideLease.push(what);
      if (
        /^Delete(Model|EndpointConfig)$/.test(operation) &&
        by.of.name !== 'RetireEndpoint' &&
        this.#isNeeded(targetOf(input))
      )
        this.neededDeleted.push(what);
    } else if (service === 'dynamodb' && operation === 'PutItem' && tookEffect) {
      const { endpointName, owner } = input.Item as Partial<Lease>;
      if (endpointName !== undefined && owner) this.#lastHolder.set(endpointName, owner.rollout.rolloutId);
    } else if (service === 'dynamodb' && operation === 'TransactWriteItems' && tookEffect) {
      const items = (input.TransactItems as { Put?: { Item: Item } }[]).map(({ Put }) => Put?.Item ?? {});
      const outcome = items.find(({ sk }) => String(sk).startsWith('outcome#')) as (Outcome & Item) | undefined;
      if (outcome !== undefined) this.#claimed(outcome);
    }
  }

  /**
   * What an aborted execution left running may end when the same execution, driven again, has come to its end: that changes
   * nothing as long as nobody else held the lease since.
   */
  #mayChange({ by }: JournalledCall): boolean {
    return this.leases().some(
      ({ endpointName, owner }) =>
        (owner?.rollout.rolloutId ?? this.#lastHolder.get(endpointName)) === by.executionName,
    );
  }

  #isNeeded(name: string): boolean {
    const byEndpoint = Map.groupBy(this.releases(), ({ endpointName }) => endpointName);
    return [...byEndpoint.values()].some((releases) =>
      releases
        .slice(0, PLATFORM.settings.keptReleases)
        .some(({ endpointConfigName, modelName }) => endpointConfigName === name || modelName === name),
    );
  }

  #claimed(outcome: Outcome): void {
    const { account } = this.town;
    const alive = account.hosting.snapshot();
    const plan = account.s3.document(`rollouts/${outcome.endpointName}/${outcome.rolloutId}/plan.json`) as
      | Plan
      | undefined;
    const live = liveOf(alive, outcome.endpointName);
    const isFirst = !this.claims.some((claim) => claim.outcome.rolloutId === outcome.rolloutId);
    const { artifactSha256, image } = servedBy(alive, live);
    this.claims.push({ outcome, isFirst, plan: plan ?? null, live, artifactSha256, image });
  }

  leases(): Lease[] {
    return [...(this.town.account.dynamoDb.partitions.get('lease')?.values() ?? [])] as unknown as Lease[];
  }

  /** Everything that the ledger holds under keys that begin so, the newest first. */
  #ledger(prefix: string): Item[] {
    return this.town.account.dynamoDb
      .items()
      .filter(({ pk, sk }) => String(pk).startsWith('endpoint#') && String(sk).startsWith(prefix))
      .sort((one, other) => (String(one.sk) < String(other.sk) ? 1 : -1));
  }

  releases(): Release[] {
    return this.#ledger('release#') as unknown as Release[];
  }

  outcomes(): Outcome[] {
    return this.#ledger('outcome#') as unknown as Outcome[];
  }
}

const targetOf = (input: Record<string, unknown>): string =>
  String(
    input.EndpointConfigName ?? input.ModelName ?? input.EndpointName ?? input.ResourceId ?? input.ResourceArn ?? '',
  );

export function liveOf(alive: Snapshot, endpointName: string | null): LiveEndpoint | null {
  return (alive.endpoints[endpointName ?? ''] as LiveEndpoint | undefined) ?? null;
}

interface Container {
  ModelDataUrl?: string;
  Image?: string;
}

/** Through configuration and model to the artifact. */
export function servedBy(
  alive: Snapshot,
  live: LiveEndpoint | null,
): { artifactSha256: string | null; image: string | null; missing: string | null } {
  const nothing = { artifactSha256: null, image: null, missing: null };
  if (live === null) return nothing;
  const config = alive.endpointConfigs[live.EndpointConfigName] as
    | { ProductionVariants: { ModelName: string }[] }
    | undefined;
  if (config === undefined) return { ...nothing, missing: `the configuration ${live.EndpointConfigName}` };
  const modelName = config.ProductionVariants[0]!.ModelName;
  const model = alive.models[modelName] as { PrimaryContainer: Container } | undefined;
  if (model === undefined) return { ...nothing, missing: `the model ${modelName}` };
  const { ModelDataUrl = '', Image = null } = model.PrimaryContainer;
  return { artifactSha256: ModelDataUrl.split('/')[4] ?? null, image: Image, missing: null };
}

/** Whether the model of an artifact answers what its golden cases say. */
export function answersRight(artifactSha256: string | null): boolean {
  const archive = archiveOf(artifactSha256 ?? undefined);
  return archive !== undefined && archive.kind !== 'wrong' && archive.kind !== 'broken';
}
