// Guardrails as SageMaker's DeploymentConfig.
import type {
  CapacitySize,
  DeploymentConfig,
  RollingUpdatePolicy,
  TrafficRoutingConfig,
} from '@aws-sdk/client-sagemaker';
import type { Guardrails } from '../core/guardrails/guardrails.ts';

type BlueGreen = Exclude<Guardrails['traffic'], { type: 'rolling' }>;

const share = (Value: number): CapacitySize => ({ Type: 'CAPACITY_PERCENT', Value });

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeploymentConfig.html */
export function deploymentConfig(guardrails: Guardrails): DeploymentConfig {
  const { traffic, terminationWaitSeconds, maximumExecutionSeconds, alarmNames } = guardrails;
  const MaximumExecutionTimeoutInSeconds = maximumExecutionSeconds;
  const rolling = (batchPercent: number, WaitIntervalInSeconds: number): RollingUpdatePolicy => ({
    MaximumBatchSize: share(batchPercent),
    WaitIntervalInSeconds,
    MaximumExecutionTimeoutInSeconds,
  });
  const blueGreen = (TrafficRoutingConfiguration: TrafficRoutingConfig) => ({
    ...{ TrafficRoutingConfiguration, MaximumExecutionTimeoutInSeconds },
    TerminationWaitInSeconds: terminationWaitSeconds,
  });
  return {
    ...(traffic.type === 'rolling'
      ? { RollingUpdatePolicy: rolling(traffic.batchPercent, traffic.waitSeconds) }
      : { BlueGreenUpdatePolicy: blueGreen(routing(traffic)) }),
    // The list takes one alarm or more.
    ...(alarmNames.length > 0 && {
      AutoRollbackConfiguration: { Alarms: alarmNames.map((AlarmName) => ({ AlarmName })) },
    }),
  };
}

/** WaitIntervalInSeconds is a required member, all at once included, which does not wait. */
function routing(traffic: BlueGreen): TrafficRoutingConfig {
  switch (traffic.type) {
    case 'allAtOnce':
      return { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 0 };
    case 'canary':
      return {
        Type: 'CANARY',
        CanarySize: share(traffic.canaryPercent),
        WaitIntervalInSeconds: traffic.waitSeconds,
      };
    case 'linear':
      return {
        Type: 'LINEAR',
        LinearStepSize: share(traffic.stepPercent),
        WaitIntervalInSeconds: traffic.waitSeconds,
      };
  }
}
