// SageMaker models.
import type { ModelSpec } from '../../state-machine/contract/plan.ts';
import type { Members } from '../core/endpoint/members.ts';

export type Tags = Record<string, string>;

export interface Models {
  /** The model as it is, with its tags and with all that SageMaker says of it; null when there is none. */
  find(name: string): Promise<{ spec: ModelSpec; members: Members; tags: Tags } | null>;
  /** Rejects with `NotReady` when the name was taken in the meantime. */
  create(spec: ModelSpec, tags: Tags): Promise<void>;
  /** Deleting what is gone already is no error. */
  remove(name: string): Promise<void>;
}
