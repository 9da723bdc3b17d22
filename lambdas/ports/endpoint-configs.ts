// SageMaker endpoint configurations: immutable, and never deleted while in use.
import type { EndpointConfigSpec } from '../../state-machine/contract/plan.ts';
import type { EndpointConfigDescription } from '../core/endpoint/endpoint-config-description.ts';
import type { Tags } from './models.ts';

export interface EndpointConfigs {
  find(name: string): Promise<EndpointConfigDescription | null>;
  /** Rejects with `NotReady` when the name was taken in the meantime, or the model is not visible yet. */
  create(spec: EndpointConfigSpec, tags: Tags): Promise<void>;
  /** The same as another, but for weights and instances, by the variant's name. Rejects as `create` does. */
  createLike(
    name: string,
    like: EndpointConfigDescription,
    numbers: ReadonlyMap<string, { weight: number; instanceCount: number }>,
    tags: Tags,
  ): Promise<void>;
  /** Deleting what is gone already is no error. */
  remove(name: string): Promise<void>;
}
