// Application Auto Scaling of one endpoint variant, addressed by `endpoint/<name>/variant/<variant>`.
import type { ScalingRecord } from '../../state-machine/contract/plan.ts';
import type { TargetTracking } from '../../state-machine/contract/resolved-request.ts';

export interface Scaling {
  /** Target, policies and scheduled actions as they are; null when the variant is not scaled. */
  find(resourceId: string): Promise<ScalingRecord | null>;
  /** Registers the target and puts the one target-tracking policy of ours. */
  register(resourceId: string, policyName: string, tracking: TargetTracking): Promise<void>;
  /** Makes the variant's scaling equal to the record, policies and scheduled actions included. */
  restore(resourceId: string, record: ScalingRecord): Promise<void>;
  /** Removes the target with its policies and scheduled actions. No error when there is none. */
  deregister(resourceId: string): Promise<void>;
}
