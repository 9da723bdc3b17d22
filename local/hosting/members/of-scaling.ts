/** The members of RegisterScalableTarget, PutScalingPolicy and PutScheduledAction. Nothing scales by load, or by the time of day. */

import { below, type OperationMembers, plain } from './member-lists.ts';

const TARGET = {
  ServiceNamespace: { does: '`sagemaker` alone' },
  ResourceId: { does: 'Variants of endpoints alone' },
  ScalableDimension: { does: 'The two of variants' },
};

export const OF_REGISTER_SCALABLE_TARGET: OperationMembers = {
  service: 'application-autoscaling',
  operation: 'RegisterScalableTarget',
  lists: {
    honoured: {
      ...TARGET,
      MinCapacity: { does: 'The current count is brought into the limits, by an update of the endpoint' },
      MaxCapacity: { does: 'The same' },
      Tags: {},
    },
    checked: {},
    kept: plain('SuspendedState'),
    ignored: { RoleARN: { does: 'As on AWS, the service-linked role stands in its place' } },
    refused: {},
  },
};

const TRACKING = 'TargetTrackingScalingPolicyConfiguration';

export const OF_PUT_SCALING_POLICY: OperationMembers = {
  service: 'application-autoscaling',
  operation: 'PutScalingPolicy',
  lists: {
    honoured: { ...TARGET, PolicyName: {} },
    checked: {
      PolicyType: {},
      ...below(TRACKING, {
        TargetValue: { does: 'Above 0' },
        'PredefinedMetricSpecification.PredefinedMetricType': {
          does: 'One that fits the dimension; no two policies of one',
        },
      }),
    },
    kept: {
      StepScalingPolicyConfiguration: {},
      ...below(TRACKING, plain('PredefinedMetricSpecification.ResourceLabel CustomizedMetricSpecification')),
      ...below(TRACKING, plain('ScaleOutCooldown ScaleInCooldown DisableScaleIn')),
    },
    ignored: {},
    refused: { PredictiveScalingPolicyConfiguration: { does: 'As on AWS for variants, with its PolicyType' } },
  },
};

export const OF_PUT_SCHEDULED_ACTION: OperationMembers = {
  service: 'application-autoscaling',
  operation: 'PutScheduledAction',
  lists: {
    honoured: { ...TARGET, ScheduledActionName: {} },
    checked: {
      Schedule: { does: 'Its form' },
      'ScalableTargetAction.MinCapacity': { does: 'Not above MaxCapacity' },
      'ScalableTargetAction.MaxCapacity': {},
    },
    kept: plain('Timezone StartTime EndTime'),
    ignored: {},
    refused: {},
  },
};
