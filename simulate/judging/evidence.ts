// What a run leaves behind to judge it by: some of it is only to be seen at the moment at which it happens.
import { artifactFolder, parseArtifactKey } from '../../lambdas/core/naming/object-keys.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Release } from '../../state-machine/contract/release.ts';
import { type Account, isHosted, type JournalledCall } from '../world/account.ts';
import type { Item } from '../world/aws/expression.ts';
import type { Customers } from '../world/customers.ts';
import { isRead, type SimulatedStack } from '../world/simulated-stack.ts';
import { PLATFORM } from '../world/stack-names.ts';
import { type Fields, fieldsOfLive } from './live-settings.ts';
import { artifactBefore, retainedArtifacts } from './retained-artifacts.ts';
import { artifactsOf, type LiveEndpoint, liveOf, type Served, servedBy, servedByAll } from './served.ts';
import { StopLog } from './stop-log.ts';
import { TrafficLog } from './traffic.ts';

export type Snapshot = ReturnType<Account['hosting']['snapshot']>;

/** What the end of a rollout said, and what was so at that very moment. */
export interface Claim {
  readonly outcome: Outcome;
  readonly isFirst: boolean;
  readonly plan: Plan | null;
  readonly live: LiveEndpoint | null;
  /** The artifact that the live endpoint's model is made of, and whether it answers what its golden cases say. */
  readonly artifactSha256: string | null;
  readonly image: string | null;
  /** Of every variant. */
  readonly served: readonly Served[];
  readonly settings: Fields | null;
}

export class Evidence {
  readonly stack: SimulatedStack;
  readonly before: Snapshot;
  readonly claims: Claim[] = [];
  /** Calls that changed something at SageMaker for a rollout that did not hold the lease then. */
  readonly outsideLease: string[] = [];
  /** Artifacts that stayed when a rollout had succeeded, though nothing refers to them. */
  readonly forgotten: string[] = [];
  /** Configurations, models and artifacts that were deleted while an endpoint or a retained release needed them. */
  readonly neededDeleted: string[] = [];
  /** Rollouts whose cancellation was accepted: it stood in a lease. */
  readonly cancelled = new Set<string>();
  /** Configurations and models that went as superseded. */
  readonly #superseded = new Set<string>();
  readonly traffic: TrafficLog;
  /** Of an asynchronous endpoint. */
  customers: Customers | null = null;
  readonly stops: StopLog;
  /** Calls of SageMaker by execution. */
  readonly hostedCalls = new Map<string, number>();
  readonly invocations = new Map<string, number>();
  /** Who held each lease last, by endpoint. */
  readonly #lastHolder = new Map<string, string>();
  /** How many versions S3 had when an execution listed the artifacts: what was written later is not its to remove. */
  readonly #listedAt = new Map<string, number>();
  mutations = 0;
  after: Snapshot | null = null;

  constructor(stack: SimulatedStack) {
    this.stack = stack;
    this.before = stack.account.hosting.snapshot();
    this.traffic = new TrafficLog(stack.account.hosting, Object.keys(this.before.endpoints));
    this.stops = new StopLog(stack.account);
    stack.account.calls.length = 0;
    stack.account.observe = (call) => this.#observe(call);
  }

  /** Whether the model answered when a rollout last asked it to describe itself; what cannot be asked proves nothing. */
  wasDescribed(rolloutId: string): boolean {
    const asked = this.stack.account.calls.filter(
      ({ operation, input, by }) =>
        by.executionName === rolloutId && /^InvokeEndpoint(Async)?$/.test(operation) && input.CustomAttributes,
    );
    return asked.at(-1)?.error === null;
  }

  /** Lets whatever is still under way come to its end, so that nothing belies the outcome later. */
  async close(): Promise<void> {
    const { time, hosting } = this.stack.account;
    time.now += 2 * 3_600_000;
    await hosting.settled();
    this.after = hosting.snapshot();
    // An abort after that takes the rollout back, and not these; whether one of them was needed is a rule of its own.
    for (const name of this.#superseded) {
      delete this.before.models[name];
      delete this.before.endpointConfigs[name];
    }
  }

  #observe(call: JournalledCall): void {
    const { service, operation, input, by, tookEffect } = call;
    const execution = by.executionName;
    if (isHosted(service)) {
      if (execution !== null) this.hostedCalls.set(execution, (this.hostedCalls.get(execution) ?? 0) + 1);
      this.traffic.look();
      if (!tookEffect) return;
      this.customers?.observe(call);
      if (/^InvokeEndpoint(Async)?$/.test(operation) && execution !== null)
        this.invocations.set(execution, (this.invocations.get(execution) ?? 0) + 1);
      if (isRead(operation)) return;
      this.mutations += 1;
      const what = `${by.of.name} of ${execution}: ${operation} ${targetOf(input)}`;
      if (by.of.step === 'RetireSuperseded') this.#superseded.add(targetOf(input));
      if (!this.#mayChange(call)) this.outsideLease.push(what);
      if (
        /^Delete(Model|EndpointConfig)$/.test(operation) &&
        by.of.step !== 'RetireEndpoint' &&
        this.#isNeeded(targetOf(input))
      )
        this.neededDeleted.push(what);
    } else if (service === 's3' && tookEffect) this.#observeArtifacts(call);
    else if (service === 'dynamodb' && operation === 'PutItem' && tookEffect) {
      const { endpointName, owner, cancellations = [] } = input.Item as Partial<Lease>;
      for (const { rolloutId } of cancellations) this.cancelled.add(rolloutId);
      if (endpointName !== undefined && owner) this.#lastHolder.set(endpointName, owner.rollout.rolloutId);
      this.stops.look(input.Item as Partial<Lease>);
    } else if (service === 'dynamodb' && operation === 'TransactWriteItems' && tookEffect) {
      const items = (input.TransactItems as { Put?: { Item: Item } }[]).map(({ Put }) => Put?.Item ?? {});
      const outcome = items.find(({ sk }) => String(sk).startsWith('outcome#')) as (Outcome & Item) | undefined;
      if (outcome !== undefined) this.#claimed(outcome);
    }
  }

  #observeArtifacts(call: JournalledCall): void {
    const { operation, input, by } = call;
    const { s3, hosting } = this.stack.account;
    const key = String(input.Key ?? input.Prefix ?? '');
    if (!key.startsWith('artifacts/')) return;
    if (operation === 'ListObjectVersions' && by.executionName !== null)
      this.#listedAt.set(by.executionName, s3.written);
    if (operation !== 'DeleteObject') return;
    const what = `${by.of.name} of ${by.executionName}: ${operation} ${key}`;
    if (!this.#mayChange(call)) this.outsideLease.push(what);
    const { endpointName = '', sha256 = '' } = parseArtifactKey(key) ?? {};
    const serves = artifactsOf(hosting.snapshot(), endpointName).has(sha256);
    const isRetained =
      by.of.step !== 'RetireEndpoint' &&
      retainedArtifacts(this.releasesOf(endpointName), PLATFORM.settings.retainedReleases).has(sha256);
    if (serves || isRetained) this.neededDeleted.push(what);
  }

  /** Of an endpoint, since it was retired last; the newest first. */
  releasesOf(name: string): Release[] {
    const retiredAt = this.leases().find(({ endpointName }) => endpointName === name)?.retirement?.at ?? '';
    return this.releases().filter(({ endpointName, releasedAt }) => endpointName === name && releasedAt > retiredAt);
  }

  /** Once a rollout has succeeded, nothing is left of an endpoint's artifacts but what serves and what is kept. */
  #findLostEvents(outcome: Outcome, plan: Plan | undefined): void {
    const { endpointName, outcome: name, rolloutId, recoveredBy, warnings } = outcome;
    if (endpointName === null || !['deployed', 'unchanged', 'retired'].includes(name)) return;
    // It says that it could not, and the next one does.
    if (warnings.some((warning) => /older releases/i.test(warning))) return;
    const { s3, hosting } = this.stack.account;
    const { retainedReleases } = PLATFORM.settings;
    const releases = name === 'retired' ? [] : this.releasesOf(endpointName);
    const needed = new Set([
      ...artifactsOf(hosting.snapshot(), endpointName, plan?.before?.endpointConfigName),
      ...retainedArtifacts(releases, retainedReleases + 1),
      ...artifactBefore(releases),
    ]);
    const listedAt = this.#listedAt.get(recoveredBy ?? rolloutId) ?? Number.POSITIVE_INFINITY;
    for (const key of s3.objects.keys()) {
      const version = key.startsWith(artifactFolder(endpointName)) ? s3.current(key) : undefined;
      if (version === undefined || Number(version.versionId.slice(1)) > listedAt) continue;
      if (!needed.has(parseArtifactKey(key)?.sha256 ?? '')) this.forgotten.push(`${key} after ${rolloutId}`);
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
        .slice(0, PLATFORM.settings.retainedReleases)
        .some(
          ({ endpointConfigName, variants }) =>
            endpointConfigName === name || variants.some(({ modelName }) => modelName === name),
        ),
    );
  }

  #claimed(outcome: Outcome): void {
    const { account } = this.stack;
    const alive = account.hosting.snapshot();
    const plan = account.s3.document(`rollouts/${outcome.endpointName}/${outcome.rolloutId}/plan.json`) as
      | Plan
      | undefined;
    const live = liveOf(alive, outcome.endpointName);
    const isFirst = !this.claims.some((claim) => claim.outcome.rolloutId === outcome.rolloutId);
    const { artifactSha256, image } = servedBy(alive, live);
    this.#findLostEvents(outcome, plan);
    const settings = fieldsOfLive(alive, outcome.endpointName ?? '');
    const served = servedByAll(alive, live);
    this.claims.push({ outcome, isFirst, plan: plan ?? null, live, artifactSha256, image, served, settings });
  }

  leases(): Lease[] {
    return [...(this.stack.account.dynamoDb.partitions.get('lease')?.values() ?? [])] as unknown as Lease[];
  }

  /** Everything that the ledger holds under keys that begin so, the newest first. */
  #ledger(prefix: string): Item[] {
    return this.stack.account.dynamoDb
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
