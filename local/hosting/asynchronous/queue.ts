/** The queue of an asynchronous endpoint, as plain data; see work-off.ts for what happens in it. */

import type { AsyncInferenceConfig } from '@aws-sdk/client-sagemaker';
import type { InvokeEndpointAsyncInput } from '@aws-sdk/client-sagemaker-runtime';
import type { ContainerAnswer } from '../fleet.ts';
import type { Fleet, Variant } from '../records.ts';

export interface AsyncRequest {
  /** Counts the requests of the endpoint, from 0: the order in which they are worked off. */
  readonly number: number;
  readonly inferenceId: string;
  readonly input: InvokeEndpointAsyncInput;
  /** Of the configuration that served when the request came. */
  readonly config: AsyncInferenceConfig;
  readonly arrivedAt: number;
  readonly expiresAt: number;
  readonly timeoutMs: number;
  readonly outputLocation: string;
  /** Undefined without S3FailurePath. */
  readonly failureLocation: string | undefined;
  /** How often an instance took it. */
  deliveries: number;
}

/** How an instance's work on a request ended, and when. */
export type Result = { readonly endedAt: number; readonly downloadMs: number } & (
  | { readonly kind: 'answered'; readonly answer: ContainerAnswer; readonly latencyMs: number }
  | { readonly kind: 'notDownloaded'; readonly reason: string }
  | { readonly kind: 'timedOut'; readonly latencyMs: number }
  /** The container ended before it answered. */
  | { readonly kind: 'broken' }
);

/** What comes of a request, or why nothing was. */
export type Outcome =
  | { readonly succeeded: true; readonly body: Uint8Array; readonly contentType: string }
  | { readonly succeeded: false; readonly reason: string; readonly body: Uint8Array; readonly contentType: string };

/** One request at one instance. */
export interface Attempt {
  readonly request: AsyncRequest;
  readonly fleet: Fleet;
  readonly variant: Variant;
  /** Of the variant, from 0. */
  readonly instance: number;
  readonly startedAt: number;
  /** The server says how long it takes: time stands still until the result is known. */
  readonly isVirtual: boolean;
  result: Result | undefined;
}

export interface AsyncQueue {
  /** Up to this moment everything is worked off. */
  at: number;
  arrived: number;
  /** In the order of their numbers. */
  waiting: AsyncRequest[];
  /** In the order in which they began. */
  readonly working: Set<Attempt>;
  /** Instances that were lost, and when each one is replaced. */
  lost: { readonly variant: Variant; readonly instance: number; readonly until: number }[];
  /** No request that waits expires before. */
  nextExpiry: number;
  /** When metrics are measured, and when policies look at them. */
  publishAt: number;
  scaleAt: number;
  /** When a policy last added or removed instances, by the ARN of the policy. */
  readonly scaled: Map<string, { readonly at: number; readonly direction: 'out' | 'in' }>;
  /** What has to be known before time goes on. */
  readonly unsettled: Set<Promise<void>>;
  /** Uploads and notifications under way. */
  readonly finishing: Set<Promise<void>>;
}

const MINUTE_MS = 60_000;
/** As alarms do: see alarm-states.ts. */
const ARRIVAL_MS = 2_000;

export function newQueue(at: number): AsyncQueue {
  const publishAt = (Math.floor(at / MINUTE_MS) + 1) * MINUTE_MS;
  return {
    ...{ at, arrived: 0, waiting: [], working: new Set(), lost: [], nextExpiry: Infinity },
    ...{ publishAt, scaleAt: publishAt + ARRIVAL_MS, scaled: new Map(), unsettled: new Set(), finishing: new Set() },
  };
}

/** In its place by the order of arrival. */
export function enqueue(queue: AsyncQueue, request: AsyncRequest): void {
  const after = queue.waiting.findLastIndex(({ number }) => number < request.number);
  queue.waiting.splice(after + 1, 0, request);
  queue.nextExpiry = Math.min(queue.nextExpiry, request.expiresAt);
}
