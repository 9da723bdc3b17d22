/** The members of RegisterScalableTarget, PutScalingPolicy and PutScheduledAction. Asynchronous endpoints scale by load; nothing else does, and nothing by the time of day. */

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
      MinCapacity: {
        does: 'The current count is brought into the limits, by an update of the endpoint. 0 for asynchronous endpoints and provisioned concurrency alone',
        unverified: 'That provisioned concurrency may be 0',
      },
      MaxCapacity: { does: 'The same' },
      Tags: {},
      ...below('SuspendedState', {
        DynamicScalingInSuspended: { does: 'Of asynchronous endpoints, which alone scale by load' },
        DynamicScalingOutSuspended: { does: 'The same' },
      }),
    },
    checked: {},
    kept: plain('SuspendedState.ScheduledScalingSuspended'),
    ignored: { RoleARN: { does: 'As on AWS, the service-linked role stands in its place' } },
    refused: {},
  },
};

const STEPS = 'StepScalingPolicyConfiguration';
const TRACKING = 'TargetTrackingScalingPolicyConfiguration';

export const OF_PUT_SCALING_POLICY: OperationMembers = {
  service: 'application-autoscaling',
  operation: 'PutScalingPolicy',
  lists: {
    honoured: {
      ...TARGET,
      PolicyName: {},
      ...below(STEPS, {
        AdjustmentType: {
          does: 'Fired each minute while an alarm that was put on metrics of endpoints, with the policy in its AlarmActions, is in ALARM; only at asynchronous endpoints, and not while they change. Such alarms are the Alarms of the policy',
        },
        'StepAdjustments[].MetricIntervalLowerBound': { does: 'No gap and no overlap' },
        'StepAdjustments[].MetricIntervalUpperBound': {},
        'StepAdjustments[].ScalingAdjustment': {},
        MinAdjustmentMagnitude: {},
        Cooldown: {
          does: '300 by default',
          unverified: 'It begins when the change ends, also one of somebody else’s, and holds back larger steps too',
        },
      }),
      ...below(TRACKING, {
        TargetValue: {
          does: 'Above 0. Evaluated each minute for a customized metric of AWS/SageMaker, at asynchronous endpoints alone',
        },
        ...below('CustomizedMetricSpecification', {
          MetricName: {
            does: 'Three minutes above the target add instances, fifteen below nine tenths of it remove them, each as many as the metric asks for in proportion',
            unverified: 'The exact count, and that a count of 0 is taken for one instance',
          },
          Namespace: { does: '`AWS/SageMaker` alone' },
          'Dimensions[].Name': {},
          'Dimensions[].Value': {},
          Statistic: {},
        }),
        ScaleOutCooldown: { does: '300 by default', unverified: 'It begins when the change ends' },
        ScaleInCooldown: { does: 'The same', unverified: 'It begins when the change ends' },
        DisableScaleIn: {},
      }),
    },
    checked: {
      PolicyType: {},
      ...below(TRACKING, {
        'PredefinedMetricSpecification.PredefinedMetricType': {
          does: 'One that fits the dimension; no two policies of one. Nothing scales by it',
        },
      }),
    },
    kept: {
      [`${STEPS}.MetricAggregationType`]: { does: 'The statistic of the alarm counts' },
      ...below(TRACKING, plain('PredefinedMetricSpecification.ResourceLabel')),
      ...below(TRACKING, plain('CustomizedMetricSpecification.Unit CustomizedMetricSpecification.Metrics')),
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
      Timezone: { does: 'A name of the IANA' },
    },
    kept: plain('StartTime EndTime'),
    ignored: {},
    refused: {},
  },
};
