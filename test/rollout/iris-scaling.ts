// The scaling of the endpoint that rollouts are tested with, and what people add to it.
import { PutScheduledActionCommand } from '@aws-sdk/client-application-auto-scaling';

export const target = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  ResourceId: 'endpoint/iris/variant/primary',
} as const;

/** Other than what a request without scaling gets. */
export const scaling = {
  minimum: 1,
  maximum: 8,
  metric: 'SageMakerVariantInvocationsPerInstance',
  target: 50,
  scaleInCooldownSeconds: 10,
  scaleOutCooldownSeconds: 10,
} as const;

export const morning = new PutScheduledActionCommand({
  ...target,
  ScheduledActionName: 'morning',
  Schedule: 'cron(0 8 * * ? *)',
  ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 5 },
});

/** A larger instance type: an update that takes the scaling off. */
export const LARGER = {
  type: 'realtime',
  instanceType: 'ml.c5.xlarge',
  instanceCount: 1,
  startupTimeoutSeconds: null,
  downloadTimeoutSeconds: null,
} as const;
