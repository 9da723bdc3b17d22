/** The port behind an endpoint: where the answers of a variant come from. One server stands for all its instances. */

export interface VariantSpec {
  readonly endpointName: string;
  readonly configName: string;
  readonly variantName: string;
  readonly modelName: string;
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** s3://bucket/key of a .tar.gz; absent for an image that carries its model. */
  readonly modelDataUrl?: string;
  /** How long /ping may take to answer 200 after the start. */
  readonly startupTimeoutMs: number;
}

/** What a container gets of an invocation: SageMaker passes these headers and no others on. */
export interface ContainerRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface ContainerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** `since` is the moment, on the simulator's clock, at which this became so: a leap in time finds its own past. */
export type Health =
  | { readonly state: 'starting' }
  | { readonly state: 'healthy'; readonly since: number }
  | { readonly state: 'failed'; readonly since: number; readonly reason: string };

export interface VariantServer {
  health(now: number): Health;
  /** Rejects with ContainerTimeout after so long, by default 60 s; with any other error when the container cannot be reached. */
  invoke(request: ContainerRequest, timeoutMs?: number): Promise<ContainerAnswer>;
  /** How long it works on a request from a queue, where that passes on the simulator's clock and not in real time. */
  tookMs?(request: ContainerRequest): number;
  /** Ends it after the requests that it is answering. */
  stop(): Promise<void>;
}

export interface InferenceFleet {
  start(spec: VariantSpec, startedAt: number): VariantServer;
}

/** The container did not answer within the 60 s that SageMaker waits. */
export class ContainerTimeout extends Error {
  override readonly name = 'ContainerTimeout';
}
