// SageMaker models.
import type { ModelSpec } from '../../state-machine/contract/plan.ts';

export type Tags = Record<string, string>;

export interface Models {
  /** The model as it is, with its tags; null when there is none. */
  find(name: string): Promise<{ spec: ModelSpec; tags: Tags } | null>;
  /** Rejects with `NotReady` when the name was taken in the meantime. */
  create(spec: ModelSpec, tags: Tags): Promise<void>;
  /** Deleting what is gone already is no error. */
  remove(name: string): Promise<void>;
}
