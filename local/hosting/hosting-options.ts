/** What a simulated account is made with, and the account before anything was made in it. */

import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { AsyncMetrics } from './asynchronous/async-metrics.ts';
import { type AsyncStore, MemoryStore } from './asynchronous/store.ts';
import { type CaptureSink, DataCapture } from './data-capture.ts';
import type { EndpointEvent } from './endpoint-event.ts';
import type { FaultPlan } from './fault-plan.ts';
import type { InferenceFleet } from './fleet.ts';
import { InProcessFleet } from './in-process-fleet.ts';
import { InvocationMetrics } from './invocation-metrics.ts';
import { seeded, seedOf } from './seeded.ts';
import { NETWORK, type Network, type StartedWith } from './started-with.ts';
import type { Call } from './wire.ts';
import type { Provisioning, Quotas, ServerlessOptions, World } from './world.ts';

export interface HostingOptions {
  /** Milliseconds since 1970; default: the real clock. */
  readonly now?: () => number;
  readonly region?: string;
  readonly accountId?: string;
  /** Default: an InProcessFleet, healthy at once. */
  readonly fleet?: InferenceFleet;
  /** Milliseconds per change; default 3 s to create or update, 1 s for everything else. See `uniform`. */
  readonly provisioning?: (draw: Provisioning) => number;
  readonly quotas?: Quotas;
  /** How serverless variants start. */
  readonly serverless?: ServerlessOptions;
  /** A new config is not found for configMs; DescribeEndpoint shows what was so describeMs ago. Default 0. */
  readonly staleness?: { readonly configMs?: number; readonly describeMs?: number };
  /** The state of an alarm that the simulator does not hold itself; default 'OK'. */
  readonly alarmState?: (alarmName: string) => string;
  /** What VpcConfig may name; default NETWORK. */
  readonly network?: Network;
  /** Why instances that are started so cannot come up: rights that the role lacks, a key that cannot be used. Default: never. */
  readonly obstacleTo?: (started: StartedWith) => Promise<string | undefined>;
  /** Told of each change of an endpoint that EventBridge is told of, once the simulator has come past it. Default: nobody. */
  readonly onEvent?: (event: EndpointEvent) => void;
  /** Gets the files of data capture; default: nothing is captured. */
  readonly capture?: CaptureSink;
  /** Where asynchronous endpoints read inputs, and write to; default: a MemoryStore. */
  readonly asyncStore?: AsyncStore;
  readonly modelDataExists?: (url: string, roleArn: string) => Promise<boolean>;
  readonly resolveImage?: (image: string) => string;
  /** Draws in [0, 1) that route by weight at all endpoints; default: of each endpoint its own, seeded by its name. */
  readonly random?: () => number;
  readonly interceptor?: Interceptor;
}

/**
 * Stands around every call: may throw an AwsError (before or after `next`, which has the effect), throw a LostAnswer,
 * wait, or return another output.
 */
export type Interceptor = (call: Call, next: () => Promise<object>) => Promise<object>;

export function newWorld(options: HostingOptions, faultPlan: FaultPlan): World {
  return {
    region: options.region ?? 'us-east-1',
    accountId: options.accountId ?? '000000000000',
    now: options.now ?? Date.now,
    randomOf: (endpointName) => options.random ?? seeded(seedOf(endpointName)),
    fleet: options.fleet ?? new InProcessFleet(),
    provisioning: options.provisioning ?? briefly,
    quotas: options.quotas ?? {},
    serverless: { coldStartMs: 0, idleMs: 300_000, sleep: setTimeout, ...options.serverless },
    faultPlan,
    staleness: { configMs: 0, describeMs: 0, ...options.staleness },
    alarmState: options.alarmState ?? (() => 'OK'),
    network: options.network ?? NETWORK,
    obstacleTo: options.obstacleTo,
    onEvent: options.onEvent,
    capture: options.capture && new DataCapture(options.capture),
    modelDataExists: options.modelDataExists ?? (async () => true),
    resolveImage: options.resolveImage ?? byName,
    models: new Map(),
    configs: new Map(),
    endpoints: new Map(),
    tags: new Map(),
    targets: new Map(),
    policies: new Map(),
    scheduledActions: new Map(),
    activities: [],
    alarms: new Map(),
    metrics: new InvocationMetrics(),
    queues: new Map(),
    asyncMetrics: new AsyncMetrics(),
    asyncStore: options.asyncStore ?? new MemoryStore(),
    journal: [],
    stopping: new Set(),
  };
}

const briefly = ({ change }: Provisioning) => (change === 'create' || change === 'update' ? 3_000 : 1_000);

/** An image by digest is itself; a tag gets a digest of its own name. */
function byName(image: string): string {
  if (image.includes('@sha256:')) return image;
  const [repository] = /^[^:]+/.exec(image) ?? [''];
  return `${repository}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}
