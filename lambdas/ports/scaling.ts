// Application Auto Scaling of what an endpoint's variants have: instances, or concurrency.
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';

/** What registering changes of what is there, by names. */
export interface ScalingChange {
  limits: Pick<TargetTracking, 'minimum' | 'maximum'>;
  /** In whose place our policy comes. */
  replacedPolicies: readonly string[];
  removedSchedules: readonly string[];
  schedules: ScalingRecord['scheduledActions'];
}

export interface Scaling {
  /** Target, policies and scheduled actions as they are; null when it is not scaled. */
  find(target: ScalableTarget): Promise<ScalingRecord | null>;
  /** Registers the target, puts the one target-tracking policy of ours, and our schedules. */
  register(target: ScalableTarget, policyName: string, tracking: TargetTracking, change: ScalingChange): Promise<void>;
  /** Makes its scaling equal to the record, policies and scheduled actions included; a schedule that people added stays. */
  restore(target: ScalableTarget, record: ScalingRecord): Promise<void>;
  /** Removes the target with its policies and scheduled actions. No error when there is none. */
  deregister(target: ScalableTarget): Promise<void>;
}
