/** An asynchronous endpoint "iris" on virtual time, and what came of its requests. */

import {
  type AsyncInferenceConfig,
  type ProductionVariant,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand, type InvokeEndpointAsyncCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { MemoryStore } from '../../local/hosting/asynchronous/store.ts';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import type { InProcessFleetOptions } from '../../local/hosting/in-process-fleet.ts';
import { Account } from './account.ts';

export const OUTPUT = 's3://answers/out';
export const FAILURES = 's3://answers/failed';
export const SUCCESS_TOPIC = 'arn:aws:sns:us-east-1:000000000000:done';
export const ERROR_TOPIC = 'arn:aws:sns:us-east-1:000000000000:failed';

type OutputConfig = AsyncInferenceConfig['OutputConfig'];

/** With so many requests at once of an instance. */
export const asyncConfig = (most?: number, output: Partial<OutputConfig> = {}): AsyncInferenceConfig => ({
  OutputConfig: { S3OutputPath: OUTPUT, S3FailurePath: FAILURES, ...output },
  ...(most !== undefined && { ClientConfig: { MaxConcurrentInvocationsPerInstance: most } }),
});

export class AsyncAccount extends Account {
  readonly store: MemoryStore;

  /** A request takes as many seconds as its body says; an instance comes in 300 s. */
  constructor(fleet: InProcessFleetOptions = {}, options: HostingOptions = {}) {
    const store = new MemoryStore();
    const seconds = ({ body }: { body: Uint8Array }) => 1000 * Number(Buffer.from(body).toString());
    super({ asyncStore: store, ...options }, { tookMs: seconds, ...fleet });
    this.store = store;
  }

  async queued(config: AsyncInferenceConfig, variant: Partial<ProductionVariant> = { InitialInstanceCount: 1 }) {
    await this.config('iris-1', variant, { AsyncInferenceConfig: config });
    await this.endpoint('iris', 'iris-1');
    this.pass(300);
  }

  /** A request that takes so many seconds. */
  async ask(InferenceId: string, seconds: number, more: Partial<InvokeEndpointAsyncCommandInput> = {}) {
    const input = {
      EndpointName: 'iris',
      InferenceId,
      Body: String(seconds),
      ContentType: 'application/json',
      ...more,
    };
    return await this.runtime.send(new InvokeEndpointAsyncCommand(input));
  }

  /** Lets time pass second by second, or in larger steps, as far as the queue is concerned all the same. */
  async after(seconds: number): Promise<void> {
    this.pass(seconds);
    await this.hosting.settled();
  }

  async count(DesiredInstanceCount: number): Promise<void> {
    const wanted = [{ VariantName: 'primary', DesiredInstanceCount }];
    const input = { EndpointName: 'iris', DesiredWeightsAndCapacities: wanted };
    await this.sagemaker.send(new UpdateEndpointWeightsAndCapacitiesCommand(input));
  }

  /** The names of the objects, without their folder, in the order in which they were written. */
  written(folder = OUTPUT): string[] {
    return this.store.written.flatMap(({ url }) => (url.startsWith(`${folder}/`) ? url.slice(folder.length + 1) : []));
  }
}
