// Application Auto Scaling of what an endpoint's variants have: instances, or concurrency.
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';

export interface Scaling {
  /** Target, policies and scheduled actions as they are; null when it is not scaled. */
  find(target: ScalableTarget): Promise<ScalingRecord | null>;
  /** Registers the target and puts the one target-tracking policy of ours, in the place of those named in `replaced`. */
  register(
    target: ScalableTarget,
    policyName: string,
    tracking: TargetTracking,
    replaced: readonly string[],
  ): Promise<void>;
  /** Makes its scaling equal to the record, policies and scheduled actions included. */
  restore(target: ScalableTarget, record: ScalingRecord): Promise<void>;
  /** Removes the target with its policies and scheduled actions. No error when there is none. */
  deregister(target: ScalableTarget): Promise<void>;
}
