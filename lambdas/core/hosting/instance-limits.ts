// What a platform allows of instances, and how their number scales where a request does not say.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { BACKLOG_METRIC } from '../../../state-machine/contract/scaling-metrics.ts';
import { problem } from '../problems/problems.ts';
import { type AskedTracking, resolveTracking } from '../scaling/resolve-tracking.ts';
import { instanceBounds } from '../scaling/scaling-bounds.ts';
import { DEFAULT_METRIC, DEFAULT_TARGET } from '../scaling/tracked-metric.ts';
import { trackingProblems } from '../scaling/tracking-problems.ts';
import type { Asked } from './hosting-type.ts';

type AskedScaling = Asked<'realtime'>['scaling'];

/** Defaults give way to what was asked for: 1 to 5 instances, unless the count or the platform's maximum demand others. */
export const resolveScaling = (
  scaling: AskedScaling,
  platform: PlatformSettings,
  instanceCount: number,
): TargetTracking | null =>
  scaling === 'none'
    ? null
    : resolveInstances(scaling ?? {}, platform, instanceCount, { metric: DEFAULT_METRIC, target: DEFAULT_TARGET });

export function resolveInstances(
  scaling: AskedTracking,
  { maximumInstances }: PlatformSettings,
  instanceCount: number,
  tracked: Pick<TargetTracking, 'metric' | 'target'>,
): TargetTracking {
  const { minimum = 1, schedules = [] } = scaling;
  const least = Math.max(minimum, instanceCount, ...schedules.map((schedule) => schedule.minimum ?? 1));
  return resolveTracking(scaling, { ...tracked, maximum: Math.max(least, Math.min(5, maximumInstances)) });
}

/** As many as it may ever have, schedules included. */
export const mostInstances = ({ maximum, schedules = [] }: TargetTracking): number =>
  Math.max(maximum, ...schedules.map((schedule) => schedule.maximum ?? 0));

/** `asked`: as the request has it; `scaling`: with every default. */
export function instanceProblems(
  hosting: { instanceType: string; instanceCount: number },
  asked: AskedScaling,
  scaling: TargetTracking | null,
  platform: PlatformSettings,
): Problem[] {
  const problems = fleetProblems(hosting, platform);
  if (typeof asked === 'object' && asked.metric === 'SageMakerVariantProvisionedConcurrencyUtilization') {
    const text = 'It is of serverless hosting. Use "SageMakerVariantInvocationsPerInstance", or leave it out.';
    problems.push(problem('scaling.metric', text));
  }
  if (typeof asked === 'object' && asked.metric === BACKLOG_METRIC) {
    const text = 'It is of async hosting. Use "SageMakerVariantInvocationsPerInstance", or leave it out.';
    problems.push(problem('scaling.metric', text));
  }
  if (scaling === null) return problems;
  const initial = { setting: 'hosting.instanceCount', capacity: hosting.instanceCount };
  const given = typeof asked === 'object' ? asked : {};
  return [...problems, ...trackingProblems(given, scaling, initial, instanceBounds(platform), DEFAULT_METRIC)];
}

/** Of the instances that a fleet begins with. */
export function fleetProblems(
  { instanceType, instanceCount }: { instanceType: string; instanceCount: number },
  { allowedInstanceTypes, maximumInstances }: PlatformSettings,
): Problem[] {
  const problems: Problem[] = [];
  if (!allowedInstanceTypes.includes(instanceType)) {
    const allowed = allowedInstanceTypes.join(', ') || 'none';
    problems.push(problem('hosting.instanceType', `The platform does not allow ${instanceType}. Allowed: ${allowed}.`));
  }
  if (instanceCount > maximumInstances)
    problems.push(
      problem('hosting.instanceCount', `Found ${instanceCount}. ${instanceBounds({ maximumInstances }).whyMost}`),
    );
  return problems;
}
