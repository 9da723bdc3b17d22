// Application Auto Scaling of what an endpoint's variants have: instances, or concurrency.
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import type { ScalableTarget, ScalingRecord } from '../../state-machine/contract/scaling-target.ts';

/** What registering changes of what is there, by names. */
export interface ScalingChange {
  limits: Pick<TargetTracking, 'minimum' | 'maximum'>;
  /** Left out: what is suspended stays so. */
  suspended?: ScalingRecord['suspended'];
  /** In whose place our policy comes. */
  replacedPolicies: readonly string[];
  removedSchedules: readonly string[];
  schedules: ScalingRecord['scheduledActions'];
  /** Of ours. */
  removedSteps: readonly string[];
  /** With the alarms that fire them. */
  steps: ScalingRecord['policies'];
}

/** Of what is made: the alarms that fire step policies of ours. */
export type AlarmTags = Readonly<Record<string, string>>;

export interface Scaling {
  /** Target, policies and scheduled actions as they are, and the alarms of our step policies; null when it is not scaled. */
  find(target: ScalableTarget): Promise<ScalingRecord | null>;
  /** Registers the target, puts the one target-tracking policy of ours, our step policies and our schedules. */
  register(
    target: ScalableTarget,
    policyName: string,
    tracking: TargetTracking,
    change: ScalingChange,
    tags: AlarmTags,
  ): Promise<void>;
  /** Changes the limits alone, of a target that is there. */
  limit(target: ScalableTarget, limits: ScalingChange['limits']): Promise<void>;
  /** Makes its scaling equal to the record, policies and scheduled actions included; a schedule that people added stays. */
  restore(target: ScalableTarget, record: ScalingRecord, tags: AlarmTags): Promise<void>;
  /** Removes the target with its policies and scheduled actions, and the alarms of our step policies. No error when there is none. */
  deregister(target: ScalableTarget): Promise<void>;
}
