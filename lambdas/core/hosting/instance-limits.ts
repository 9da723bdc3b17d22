// What a platform allows of instances, and how their number scales where a request does not say.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ScheduleSettings, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import { scheduleProblems } from '../scaling/schedule-problems.ts';
import { DEFAULT_METRIC, DEFAULT_TARGET, isSameMetric } from '../scaling/tracked-metric.ts';
import type { Asked } from './hosting-type.ts';

type AskedScaling = Asked<'realtime'>['scaling'];

/** Defaults give way to what was asked for: 1 to 5 instances, unless the count or the platform's maximum demand others. */
export function resolveScaling(
  scaling: AskedScaling,
  { maximumInstances }: PlatformSettings,
  instanceCount: number,
): TargetTracking | null {
  if (scaling === 'none') return null;
  const minimum = scaling?.minimum ?? 1;
  const schedules = scaling?.schedules ?? [];
  const least = Math.max(minimum, instanceCount, ...schedules.map((schedule) => schedule.minimum ?? 1));
  return {
    minimum,
    maximum: scaling?.maximum ?? Math.max(least, Math.min(5, maximumInstances)),
    metric: scaling?.metric ?? DEFAULT_METRIC,
    target: scaling?.target ?? DEFAULT_TARGET,
    scaleInCooldownSeconds: scaling?.scaleInCooldownSeconds ?? 300,
    scaleOutCooldownSeconds: scaling?.scaleOutCooldownSeconds ?? 60,
    ...(schedules.length > 0 && {
      schedules: schedules
        .map(({ timezone = 'UTC', ...schedule }) => ({ ...schedule, timezone }) as ScheduleSettings)
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
    }),
  };
}

/** As many as it may ever have, schedules included. */
export const mostInstances = ({ maximum, schedules = [] }: TargetTracking): number =>
  Math.max(maximum, ...schedules.map((schedule) => schedule.maximum ?? 0));

/** `asked`: as the request has it; `scaling`: with every default. */
export function instanceProblems(
  { instanceType, instanceCount }: { instanceType: string; instanceCount: number },
  asked: AskedScaling,
  scaling: TargetTracking | null,
  { allowedInstanceTypes, maximumInstances }: PlatformSettings,
): Problem[] {
  const problems: Problem[] = [];
  if (typeof asked === 'object' && asked.metric === 'SageMakerVariantProvisionedConcurrencyUtilization') {
    const text = 'It is of serverless hosting. Use "SageMakerVariantInvocationsPerInstance", or leave it out.';
    problems.push(problem('scaling.metric', text));
  }
  if (!allowedInstanceTypes.includes(instanceType)) {
    const allowed = allowedInstanceTypes.join(', ') || 'none';
    problems.push(problem('hosting.instanceType', `The platform does not allow ${instanceType}. Allowed: ${allowed}.`));
  }
  const bounds = typeof asked === 'object' ? asked : {};
  const counts = {
    'hosting.instanceCount': instanceCount,
    'scaling.minimum': bounds.minimum,
    'scaling.maximum': bounds.maximum,
  };
  for (const [where, count] of Object.entries(counts)) {
    if (count !== undefined && count > maximumInstances) {
      const limit = `The platform allows at most ${maximumInstances} instances for an endpoint.`;
      problems.push(problem(where, `Found ${count}. ${limit}`));
    }
  }
  if (scaling === null) return problems;
  const { minimum, maximum } = scaling;
  if (minimum > maximum) {
    problems.push(problem('scaling.minimum', `Found ${minimum}, which is more than scaling.maximum, ${maximum}.`));
  }
  if (instanceCount > maximum) {
    problems.push(
      problem('hosting.instanceCount', `Found ${instanceCount}, which is more than scaling.maximum, ${maximum}.`),
    );
  }
  if (bounds.metric !== undefined && bounds.target === undefined && !isSameMetric(bounds.metric, DEFAULT_METRIC))
    problems.push(problem('scaling.target', `It is missing, and has a default only for ${DEFAULT_METRIC}.`));
  problems.push(...scheduleProblems(bounds.schedules ?? [], scaling, { maximumInstances }));
  return problems;
}
