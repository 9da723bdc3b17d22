/** Checks a DeploymentConfig, and turns it into the steps in which traffic moves to the new fleet. */

import type { CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import { validationException } from './aws-error.ts';

export interface TrafficStep {
  /** Of all traffic, after the step: 0 to 1. */
  readonly share: number;
  /** How long alarms are watched before the next step. */
  readonly bakeMs: number;
}

export interface DeploymentPlan {
  readonly rolling: boolean;
  readonly steps: readonly TrafficStep[];
  readonly timeoutMs: number;
  readonly alarms: readonly string[];
}

/** Blue/green, all at once, without bake: what SageMaker does without a DeploymentConfig. */
const ALL_AT_ONCE: DeploymentPlan = {
  rolling: false,
  steps: [{ share: 1, bakeMs: 0 }],
  timeoutMs: Infinity,
  alarms: [],
};

/**
 * `instances` of the smallest variant decide whether a step fits.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html and ...-rolling.html
 */
export function deploymentPlan(config: DeploymentConfig | undefined, instances: number): DeploymentPlan {
  if (!config) return ALL_AT_ONCE;
  if (config.BlueGreenUpdatePolicy && config.RollingUpdatePolicy)
    throw validationException('Only one of BlueGreenUpdatePolicy and RollingUpdatePolicy can be specified.');
  const alarms = (config.AutoRollbackConfiguration?.Alarms ?? []).map((alarm) => alarm.AlarmName!);
  const plan = config.RollingUpdatePolicy ? rolling(config, instances) : blueGreen(config, instances);
  const waits = plan.steps.reduce((sum, step) => sum + step.bakeMs, 0);
  if (waits >= plan.timeoutMs)
    throw validationException('MaximumExecutionTimeoutInSeconds must be greater than the sum of all wait times.');
  return { ...plan, alarms };
}

function blueGreen(config: DeploymentConfig, instances: number): Omit<DeploymentPlan, 'alarms'> {
  const policy = config.BlueGreenUpdatePolicy;
  if (!policy) return ALL_AT_ONCE;
  const { Type, CanarySize, LinearStepSize, WaitIntervalInSeconds = 0 } = policy.TrafficRoutingConfiguration!;
  if ((CanarySize !== undefined) !== (Type === 'CANARY'))
    throw validationException('CanarySize must be specified with traffic routing type CANARY, and only then.');
  if ((LinearStepSize !== undefined) !== (Type === 'LINEAR'))
    throw validationException('LinearStepSize must be specified with traffic routing type LINEAR, and only then.');
  const shares =
    Type === 'CANARY'
      ? [fraction('CanarySize', CanarySize!, instances, 0, 0.5), 1]
      : Type === 'LINEAR'
        ? stepsOf(fraction('LinearStepSize', LinearStepSize!, instances, 0.1, 0.5))
        : [1];
  const last = shares.length - 1;
  const steps = shares.map((share, index) => ({
    share,
    bakeMs: 1000 * (index < last ? WaitIntervalInSeconds : (policy.TerminationWaitInSeconds ?? 0)),
  }));
  return { rolling: false, steps, timeoutMs: milliseconds(policy.MaximumExecutionTimeoutInSeconds) };
}

function rolling(config: DeploymentConfig, instances: number): Omit<DeploymentPlan, 'alarms'> {
  const policy = config.RollingUpdatePolicy!;
  const batch = fraction('MaximumBatchSize', policy.MaximumBatchSize!, instances, 0.05, 0.5);
  const steps = stepsOf(batch).map((share) => ({ share, bakeMs: 1000 * policy.WaitIntervalInSeconds! }));
  return { rolling: true, steps, timeoutMs: milliseconds(policy.MaximumExecutionTimeoutInSeconds) };
}

/** Without MaximumExecutionTimeoutInSeconds the longest allowed one holds: 8 hours. */
const milliseconds = (seconds = 28_800) => seconds * 1000;

/** A size in whole instances, as a fraction of all; a size that comes to less than one instance takes one. */
function fraction(name: string, size: CapacitySize, instances: number, least: number, most: number): number {
  const wanted = size.Type === 'INSTANCE_COUNT' ? size.Value! / instances : size.Value! / 100;
  const whole = Math.max(1, Math.floor(wanted * instances)) / instances;
  if (wanted < least || wanted > most || whole > most)
    throw validationException(
      `${name} must be between ${least * 100}% and ${most * 100}% of the variant's instances (${instances}).`,
    );
  return whole;
}

function stepsOf(step: number): number[] {
  const count = Math.ceil(1 / step - 1e-9);
  return Array.from({ length: count }, (_, index) => Math.min(1, (index + 1) * step));
}
