// What rollouts deploy to, so that DeployEndpoint, CheckEndpoint and RollBack need not know what it is: a SageMaker endpoint so far.
import type { EndpointDescription } from '../core/endpoint/endpoint-description.ts';
import type { Guardrails } from '../core/guardrails/guardrails.ts';
import type { Adjustment } from '../core/weights/next-adjustment.ts';
import type { Tags } from './models.ts';

/**
 * A target runs one revision at a time, which is immutable and known by its name: for an endpoint its configuration. An
 * update changes the revision in the background, and `describe` shows how far it is, in the words of an endpoint's status.
 * Another kind of target is another adapter, which says its own states in these words.
 */
export interface DeploymentTarget {
  /** As it is now, which may be a stale read; null when there is none. */
  describe(name: string): Promise<EndpointDescription | null>;
  /** Rejects with `NotReady` when the target went since it was described. */
  tags(arn: string): Promise<Tags>;
  /** Rejects with `NotReady` when the revision is not visible yet, `EndpointBusy` when the name is taken. */
  create(name: string, revision: string, tags: Tags): Promise<void>;
  /**
   * To another revision, with a second fleet. Every variant keeps what it has, data capture excepted, and except for its
   * instance count where `retainInstanceCounts` is false; where `retainsNothing`, everything is as the revision says. Without
   * guardrails, all at once. Rejects with `EndpointBusy` while something else changes the target.
   */
  update(
    name: string,
    revision: string,
    options: { retainInstanceCounts: boolean; retainsNothing?: boolean; guardrails?: Guardrails | null },
  ): Promise<void>;
  /** Other weights, or another number of instances, on the revision that it has. Rejects as `update` does. */
  adjust(name: string, adjustment: Adjustment): Promise<void>;
  /** Sets the tags in `set` and removes the keys in `remove`. */
  tag(arn: string, change: { set: Tags; remove: string[] }): Promise<void>;
  /** Removing what is gone already is no error. Rejects with `EndpointBusy` while it is being created or changed. */
  remove(name: string): Promise<void>;
}
