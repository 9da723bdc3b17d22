/** The fleet of the local cloud: each variant is a real process of the serving image's code with the uploaded model. */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { fetchModel } from './fetch-model.ts';
import type { ContainerAnswer, ContainerRequest, Health, InferenceFleet, VariantServer, VariantSpec } from './fleet.ts';
import { ServerProcess } from './server-process.ts';

export interface ProcessFleetOptions {
  /** Reads the model archives. */
  readonly s3: S3Client;
  /** Program and arguments, as the image's entry point with `serve`. */
  readonly command: readonly [string, ...string[]];
  readonly cwd?: string;
  /** What the image sets; a container's own Environment goes before it. Nothing else of this process is passed on. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Gets every line that a container prints, which SageMaker would send to CloudWatch. */
  readonly log?: (line: string, spec: VariantSpec, instanceId: string) => void;
  /** The simulator's clock. */
  readonly now?: () => number;
}

export class ProcessFleet implements InferenceFleet {
  readonly #options: ProcessFleetOptions;

  constructor(options: ProcessFleetOptions) {
    this.#options = options;
  }

  start(spec: VariantSpec): VariantServer {
    return new ProcessServer(spec, this.#options);
  }
}

class ProcessServer implements VariantServer {
  readonly #spec: VariantSpec;
  readonly #options: ProcessFleetOptions;
  readonly #started: Promise<void>;
  #failure: Extract<Health, { state: 'failed' }> | undefined;
  #directory: string | undefined;
  #process: ServerProcess | undefined;
  #stopping = false;
  readonly #answering = new Set<Promise<unknown>>();

  constructor(spec: VariantSpec, options: ProcessFleetOptions) {
    this.#spec = spec;
    this.#options = options;
    this.#started = this.#start().catch((error: Error) => {
      this.#failure = { state: 'failed', since: (options.now ?? Date.now)(), reason: this.#notStarted(error) };
    });
  }

  async #start(): Promise<void> {
    const { command, cwd, environment, log, now = Date.now, s3 } = this.#options;
    this.#directory = await mkdtemp(join(tmpdir(), 'endpoint-'));
    const modelDirectory = await fetchModel(s3, this.#spec.modelDataUrl, this.#directory);
    if (this.#stopping) return;
    const instanceId = `i-${randomBytes(9).toString('hex').slice(1)}`;
    this.#process = new ServerProcess({
      ...{ command, cwd, now, log: (line) => log?.(line, this.#spec, instanceId) },
      environment: {
        PATH: process.env.PATH ?? '',
        ...environment,
        ...this.#spec.environment,
        ...{ SM_MODEL_DIR: modelDirectory, TMPDIR: this.#directory },
      },
    });
  }

  #notStarted(error: Error): string {
    return (
      `Failed to download model data for container "container_1" from URL: "${this.#spec.modelDataUrl}". Please ensure ` +
      `that there is an object located at the URL and that it is a gzip compressed tar archive: ${error.message}`
    );
  }

  health(): Health {
    return this.#failure ?? this.#process?.health() ?? { state: 'starting' };
  }

  async invoke(request: ContainerRequest, timeoutMs?: number): Promise<ContainerAnswer> {
    if (!this.#process) throw new Error('the server has not started');
    const answer = this.#process.invoke(request, timeoutMs);
    const done = answer.catch(() => undefined).finally(() => this.#answering.delete(done));
    this.#answering.add(done);
    return await answer;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#started;
    await Promise.all(this.#answering);
    await this.#process?.stop();
    if (this.#directory) await rm(this.#directory, { recursive: true, force: true });
  }
}
