// SageMaker endpoints.
import type { EndpointDescription } from '../core/endpoint/endpoint-description.ts';
import type { Guardrails } from '../core/guardrails/guardrails.ts';
import type { Tags } from './models.ts';

export interface Endpoints {
  find(name: string): Promise<EndpointDescription | null>;
  /** Rejects with `NotReady` when the endpoint went since it was found. */
  tags(arn: string): Promise<Tags>;
  /** Rejects with `NotReady` when the configuration is not visible yet, `EndpointBusy` when the name is taken. */
  create(name: string, endpointConfigName: string, tags: Tags): Promise<void>;
  /**
   * Blue/green to another configuration. Every variant keeps what it has (RetainAllVariantProperties), data capture
   * excepted, and except for its instance count where `retainInstanceCounts` is false. Without guardrails, all at once.
   * Rejects with `EndpointBusy` while something else changes the endpoint.
   */
  update(
    name: string,
    endpointConfigName: string,
    options: { retainInstanceCounts: boolean; guardrails?: Guardrails | null },
  ): Promise<void>;
  /** Sets the tags in `set` and removes the keys in `remove`. */
  changeTags(arn: string, change: { set: Tags; remove: string[] }): Promise<void>;
  /** Deleting what is gone already is no error. Rejects with `EndpointBusy` while it is being created or changed. */
  remove(name: string): Promise<void>;
}
