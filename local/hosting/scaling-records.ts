/** What Application Auto Scaling keeps of SageMaker variants. */

import type {
  PutScalingPolicyRequest,
  PutScheduledActionRequest,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';

export interface ScalableTarget {
  readonly arn: string;
  readonly resourceId: string;
  readonly dimension: string;
  readonly endpointName: string;
  readonly variantName: string;
  readonly createdAt: number;
  min: number;
  max: number;
  roleArn: string;
  suspended: SuspendedState;
  /** Since when the current capacity waits to be brought into [min, max]; undefined once it was. */
  unsettledSince: number | undefined;
}

export interface ScalingPolicy {
  readonly arn: string;
  readonly targetKey: string;
  readonly createdAt: number;
  readonly input: PutScalingPolicyRequest;
  readonly alarms: readonly { AlarmName: string; AlarmARN: string }[];
}

export interface ScheduledAction {
  readonly arn: string;
  readonly targetKey: string;
  readonly createdAt: number;
  readonly input: PutScheduledActionRequest;
}

export interface ScalingActivity {
  readonly id: string;
  readonly resourceId: string;
  readonly dimension: string;
  readonly startedAt: number;
  readonly description: string;
  readonly cause: string;
}

export const INSTANCE_COUNT = 'sagemaker:variant:DesiredInstanceCount';
export const PROVISIONED_CONCURRENCY = 'sagemaker:variant:DesiredProvisionedConcurrency';

/** A target is known by these two; the namespace is always sagemaker. */
export const targetKey = (resourceId: string, dimension: string) => `${resourceId} ${dimension}`;
