/**
 * SageMaker hosting, SageMaker Runtime, Application Auto Scaling and endpoints' CloudWatch of one simulated account, strict as AWS is.
 *
 * A pure state machine on the clock that it is given: it has no timers, every call first brings each endpoint to `now`.
 *
 *   let now = 0;
 *   const hosting = new Hosting({
 *     now: () => now,
 *     fleet: new InProcessFleet({ answer: () => ({ status: 200, body: '{"predictions":[]}' }) }),
 *     provisioning: () => 300_000,
 *   });
 *   const sagemaker = new SageMakerClient({ ...hosting.client() });
 *   await sagemaker.send(new CreateModelCommand({ ... }));           // and a config, and:
 *   await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'iris-1' }));
 *   now += 300_000;                                                  // Describe says InService from here on
 *   hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update', reason: 'an alarm' });
 *   hosting.interceptor = async (call, next) => {                      // an answer lost after its effect
 *     const output = await next();
 *     if (call.operation === 'UpdateEndpoint') throw new LostAnswer();
 *     return output;
 *   };
 *   const { url, close } = await serve(new Hosting({ fleet: new ProcessFleet({ ... }) }));   // real time, over HTTP
 */

import { advance, caughtUp } from './advance.ts';
import { arnOf } from './arns.ts';
import { type Backlog, backlogOf } from './asynchronous/backlog.ts';
import { loseInstance } from './asynchronous/work-off.ts';
import { AwsError, throttlingException, validationException } from './aws-error.ts';
import { checkInput, violationsOf } from './constraints.ts';
import { viewOf } from './endpoint.ts';
import { FaultPlan } from './fault-plan.ts';
import { type HostingOptions, type Interceptor, newWorld } from './hosting-options.ts';
import type { VariantMetrics } from './invocation-metrics.ts';
import { setStatus } from './moves.ts';
import { operations } from './operations.ts';
import { requestHandler } from './request-handler.ts';
import { begin, note } from './run-transitions.ts';
import { scaleVariant } from './scaling-limits.ts';
import { INSTANCE_COUNT, PROVISIONED_CONCURRENCY, targetKey } from './scaling-records.ts';
import { serviceModels } from './service-model.ts';
import { type Snapshot, snapshot } from './snapshot.ts';
import { stopServer } from './stop-server.ts';
import { systemUpdate } from './transitions.ts';
import { type Call, decode, encode, encodeError, type HostingRequest, type HostingResponse } from './wire.ts';
import type { JournalEntry, World } from './world.ts';

export type { HostingOptions, Interceptor } from './hosting-options.ts';

/** What an endpoint serves with at one moment. */
export interface Serving {
  readonly status: string;
  readonly configName: string;
  readonly instances: number;
  readonly byVariant: ReadonlyMap<string, number>;
  readonly weights: ReadonlyMap<string, number>;
  /** Whether the traffic goes to two fleets. */
  readonly isMoving: boolean;
}

export class Hosting {
  readonly faultPlan = new FaultPlan();
  interceptor: Interceptor | undefined;
  /** The last 10,000 calls, with the codes of their errors; may be emptied. */
  readonly calls: (Call & { readonly at: number; errorCode?: string })[] = [];
  readonly #world: World;

  constructor(options: HostingOptions = {}) {
    this.interceptor = options.interceptor;
    this.#world = newWorld(options, this.faultPlan);
  }

  /** Answers one HTTP request. Rejects with what an interceptor threw, if that is no AwsError: a broken connection. */
  async handle(request: HostingRequest): Promise<HostingResponse> {
    let call: Call | undefined;
    try {
      call = decode(request);
      return encode(call, (await this.call(call)) as Record<string, unknown>);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return encodeError(error, call?.service);
    }
  }

  /** Answers one call without HTTP: input and output as the operation has them. Rejects with an AwsError. */
  async call(call: Call): Promise<object> {
    const record: (typeof this.calls)[number] = { ...call, input: remembered(call.input), at: this.#world.now() };
    this.calls.push(record);
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
    try {
      const next = () => this.#perform(call);
      return await (this.interceptor ? this.interceptor(call, next) : next());
    } catch (error) {
      record.errorCode = error instanceof AwsError ? error.code : (error as Error).name;
      throw error;
    }
  }

  async #perform({ service, operation, input }: Call): Promise<object> {
    if (advance(this.#world)) await caughtUp(this.#world);
    const model = serviceModels[service].operations[operation]!;
    const code =
      service === 'sagemaker-runtime' || service === 'cloudwatch' ? 'ValidationError' : 'ValidationException';
    checkInput(service, model.input, input, code);
    if (this.faultPlan.drawThrottling(operation)) throw throttlingException();
    const output = await operations[operation]!(this.#world, input as never);
    // An answer that AWS's own model does not know is a mistake of the simulator.
    const wrong = model.output ? violationsOf(service, model.output, output) : [];
    if (wrong.length > 0) throw new Error(`${operation} answers what AWS would not: ${wrong.join('; ')}`);
    return output;
  }

  /** A `requestHandler` for AWS SDK clients: real clients, no sockets. */
  requestHandler() {
    return requestHandler(this);
  }

  /** The whole configuration of an in-process AWS SDK client. */
  client() {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    // No gateway looks at a signature here, and it is a tenth of what a simulated call costs.
    const signer = { sign: async <T>(request: T) => request };
    return { region: this.#world.region, credentials, signer, requestHandler: this.requestHandler() };
  }

  /** Brings every endpoint to now, as each call does. */
  advance(): void {
    advance(this.#world);
  }

  /** When an endpoint will change next, if nobody calls; null: never by itself. Where nothing tells, it is looked at every second. */
  nextChange(): number | null {
    const now = this.#world.now();
    const moments = [...this.#world.endpoints.values()].map(({ waitingFor }) =>
      waitingFor === undefined ? Number.POSITIVE_INFINITY : (waitingFor.due ?? now + LOOK_AGAIN_MS),
    );
    const next = Math.min(...moments);
    return Number.isFinite(next) ? Math.max(next, now) : null;
  }

  /** Brings every endpoint to now, and waits for what containers in this process answer from the queues of asynchronous endpoints. */
  async settled(): Promise<void> {
    await caughtUp(this.#world);
  }

  /** The queue of an asynchronous endpoint; undefined where there is none. */
  backlog(endpointName: string): Backlog | undefined {
    return backlogOf(this.#world, endpointName);
  }

  /** An instance that works on requests of a queue is lost, and replaced as if it were added. False where none works. */
  loseInstance(endpointName: string): boolean {
    const endpoint = this.#inService(endpointName);
    const queue = this.#world.queues.get(endpoint.arn);
    return queue !== undefined && loseInstance(this.#world, endpoint, queue);
  }

  /** All that is alive, without the members that change by themselves: for comparing before and after. */
  snapshot(): Snapshot {
    advance(this.#world);
    return snapshot(this.#world);
  }

  /**
   * The ARN of the key of a configuration's volumes; undefined where it has none, there is no such configuration, or the key is
   * named by an alias, which only KMS can look up.
   */
  volumeKeyOf(endpointConfigName: string): string | undefined {
    const { configs, region, accountId } = this.#world;
    const key = configs.get(arnOf(this.#world, 'endpoint-config', endpointConfigName))?.input.KmsKeyId;
    if (key === undefined || /^(arn:[^/]*:)?alias\//.test(key)) return undefined;
    return key.startsWith('arn:') ? key : `arn:aws:kms:${region}:${accountId}:key/${key}`;
  }

  /** Whether the alarm is one on the metrics of endpoints, put here. */
  holdsAlarm(name: string): boolean {
    return this.#world.alarms.has(name);
  }

  /**
   * What an endpoint serves with at this moment; undefined where none of this name was ever in service. Instances are those
   * that traffic goes to: while it moves, of both fleets. `byVariant`: of each variant, by its name; `weights`: those by which
   * requests are routed, of the old fleet as long as it gets any.
   */
  serving(endpointName: string): Serving | undefined {
    advance(this.#world);
    const endpoint = this.#world.endpoints.get(arnOf(this.#world, 'endpoint', endpointName));
    if (!endpoint?.fleet) return undefined;
    const { fleet, arriving } = endpoint;
    const share = arriving?.share ?? 0;
    const fleets = [...(share < 1 ? [fleet] : []), ...(arriving && share > 0 ? [arriving.fleet] : [])];
    const byVariant = new Map<string, number>();
    for (const { name, currentCount = 0 } of fleets.flatMap(({ variants }) => variants))
      byVariant.set(name, (byVariant.get(name) ?? 0) + currentCount);
    const instances = [...byVariant.values()].reduce((sum, count) => sum + count, 0);
    const isMoving = share > 0 && share < 1;
    const [routing] = fleets;
    const weights = new Map(
      (routing?.variants ?? []).map(({ name, currentWeight, desiredWeight }) => [
        name,
        routing === fleet ? currentWeight : desiredWeight,
      ]),
    );
    return { status: endpoint.status, configName: endpoint.configName, instances, byVariant, weights, isMoving };
  }

  /** The tags of a model, config, endpoint or scalable target; undefined when there is no such resource. */
  tagsOf(arn: string): Record<string, string> | undefined {
    const tags = this.#world.tags.get(arn);
    return tags && Object.fromEntries(tags);
  }

  /** Each status that an endpoint took, and each config and model that was deleted while it served. */
  get journal(): readonly JournalEntry[] {
    return this.#world.journal;
  }

  /** Per config and variant of an endpoint, what was invoked since a moment. */
  metrics(endpointName: string, since?: number): VariantMetrics[] {
    return this.#world.metrics.of(endpointName, since);
  }

  /** From now on reads show the past, see `HostingOptions.staleness`; what is there by now has been seen. */
  becomeStale(staleness: NonNullable<HostingOptions['staleness']>): void {
    advance(this.#world);
    Object.assign(this.#world.staleness, staleness);
    for (const endpoint of this.#world.endpoints.values()) endpoint.views.push({ at: 0, view: viewOf(endpoint) });
  }

  /** Maintenance by SageMaker: SystemUpdating for a while. */
  systemUpdate(endpointName: string, durationMs: number): void {
    const endpoint = this.#inService(endpointName);
    const at = this.#world.now();
    setStatus(this.#world, endpoint, 'SystemUpdating', at);
    begin(this.#world, endpoint, systemUpdate(this.#world, endpoint, at, durationMs), at);
  }

  /** The endpoint is taken out of service, as SageMaker does when none of its variants can serve. */
  takeOutOfService(endpointName: string, reason: string): void {
    const endpoint = this.#inService(endpointName);
    endpoint.failureReason = reason;
    setStatus(this.#world, endpoint, 'OutOfService', this.#world.now());
    note(this.#world, endpoint, this.#world.now());
  }

  /** What a scaling policy does when its alarm fires: the variant gets this many instances, or provisioned concurrency, within its limits. */
  autoScale(endpointName: string, variantName: string, count: number): void {
    const endpoint = this.#inService(endpointName);
    const resource = `endpoint/${endpointName}/variant/${variantName}`;
    const target = [INSTANCE_COUNT, PROVISIONED_CONCURRENCY]
      .map((dimension) => this.#world.targets.get(targetKey(resource, dimension)))
      .find((each) => each !== undefined);
    if (!target) throw new Error(`variant ${variantName} of ${endpointName} is not a scalable target`);
    const limited = Math.min(Math.max(count, target.min), target.max);
    scaleVariant(
      this.#world,
      endpoint,
      target,
      limited,
      'monitor alarm in state ALARM triggered policy',
      this.#world.now(),
    );
  }

  #inService(endpointName: string) {
    advance(this.#world);
    const endpoint = this.#world.endpoints.get(arnOf(this.#world, 'endpoint', endpointName));
    if (endpoint?.status !== 'InService') throw validationException(`Endpoint ${endpointName} is not InService`);
    return endpoint;
  }

  /** Stops every server; resolves when all are gone, and what was captured is written. */
  async close(): Promise<void> {
    for (const endpoint of this.#world.endpoints.values())
      for (const fleet of endpoint.fleets())
        for (const variant of fleet.variants) stopServer(this.#world, variant.server);
    const finishing = [...this.#world.queues.values()].flatMap((queue) => [...queue.finishing]);
    await Promise.all([...this.#world.stopping, ...finishing, this.#world.capture?.close()]);
  }
}

const CALLS_KEPT = 10_000;
const LOOK_AGAIN_MS = 1_000;

/** Of large invocations only the rest of the input is remembered. */
function remembered(input: Call['input']): Call['input'] {
  if (!(input.Body instanceof Uint8Array) || input.Body.length <= 16_384) return input;
  const { Body: _body, ...rest } = input;
  return rest;
}
