/** Everything that the simulated account holds, as plain data; the operations are functions over it. */

import type { ProductionVariant } from '@aws-sdk/client-sagemaker';
import type { Alarm } from './alarm-states.ts';
import type { AsyncMetrics } from './asynchronous/async-metrics.ts';
import type { AsyncQueue } from './asynchronous/queue.ts';
import type { AsyncStore } from './asynchronous/store.ts';
import type { DataCapture } from './data-capture.ts';
import type { EndpointEvent } from './endpoint-event.ts';
import type { Change, FaultPlan } from './fault-plan.ts';
import type { InferenceFleet } from './fleet.ts';
import type { InvocationMetrics } from './invocation-metrics.ts';
import type { Endpoint, EndpointConfigRecord, ModelRecord } from './records.ts';
import type { ScalableTarget, ScalingActivity, ScalingPolicy, ScheduledAction } from './scaling-records.ts';
import type { Network, StartedWith } from './started-with.ts';

export interface Provisioning {
  readonly endpointName: string;
  readonly change: Change;
  readonly variants: readonly ProductionVariant[];
}

export interface Quotas {
  /** Instances for endpoints of one type, as "ml.m5.large for endpoint usage"; the fleets of an update count double. */
  readonly instances?: Readonly<Record<string, number>>;
  /** For every type that `instances` does not name. */
  readonly otherInstances?: number;
  readonly endpoints?: number;
  /** Sum of MaxConcurrency of all serverless variants. */
  readonly serverlessConcurrency?: number;
}

export interface ServerlessOptions {
  /** From a request that finds no warm environment to its container, in milliseconds. Default 0. */
  readonly coldStartMs?: number;
  /** After so long without a request an environment goes; AWS does not say how long. Default five minutes. */
  readonly idleMs?: number;
  /** How a cold start passes; default: the real clock. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

/** What happened, in order; for tests that hold invariants against it. */
export type JournalEntry =
  | {
      readonly at: number;
      readonly kind: 'status';
      readonly endpoint: string;
      readonly status: string;
      readonly from: string;
    }
  | { readonly at: number; readonly kind: 'deletedWhileInUse'; readonly arn: string; readonly endpoint: string };

export interface World {
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
  /** The draws in [0, 1) with which an endpoint routes by weight. */
  readonly randomOf: (endpointName: string) => () => number;
  readonly fleet: InferenceFleet;
  /** Milliseconds that a change takes until its containers may serve; Infinity never ends. */
  readonly provisioning: (draw: Provisioning) => number;
  readonly quotas: Quotas;
  readonly serverless: Required<ServerlessOptions>;
  readonly faultPlan: FaultPlan;
  /** How long a new config is not found, and how long DescribeEndpoint shows the past. */
  readonly staleness: { readonly configMs: number; readonly describeMs: number };
  /** Of alarms that are not in `alarms`: 'ALARM' during an update with AutoRollbackConfiguration rolls it back. */
  readonly alarmState: (alarmName: string) => string;
  readonly network: Network;
  readonly obstacleTo: ((started: StartedWith) => Promise<string | undefined>) | undefined;
  /** Undefined where nobody wants to hear of changes. */
  readonly onEvent: ((event: EndpointEvent) => void) | undefined;
  /** Undefined where nobody wants what is captured. */
  readonly capture: DataCapture | undefined;
  /** Whether an S3 object is there, readable by the execution role; CreateModel refuses the others. */
  readonly modelDataExists: (url: string, roleArn: string) => Promise<boolean>;
  /** The digest that an image reference means. */
  readonly resolveImage: (image: string) => string;

  readonly models: Map<string, ModelRecord>;
  readonly configs: Map<string, EndpointConfigRecord>;
  readonly endpoints: Map<string, Endpoint>;
  readonly tags: Map<string, Map<string, string>>;
  readonly targets: Map<string, ScalableTarget>;
  readonly policies: Map<string, ScalingPolicy>;
  readonly scheduledActions: Map<string, ScheduledAction>;
  readonly activities: ScalingActivity[];
  /** CloudWatch's alarms on the metrics of endpoints, by name. */
  readonly alarms: Map<string, Alarm>;
  readonly metrics: InvocationMetrics;
  /** Of asynchronous endpoints, by ARN. */
  readonly queues: Map<string, AsyncQueue>;
  readonly asyncMetrics: AsyncMetrics;
  readonly asyncStore: AsyncStore;
  readonly journal: JournalEntry[];
  /** Servers that are being stopped; awaited when the simulator closes. */
  readonly stopping: Set<Promise<void>>;
}
