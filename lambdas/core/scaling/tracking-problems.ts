// What of the scaling of a request does not fit together, or does not fit what a way of hosting allows.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingMetric } from '../../../state-machine/contract/scaling-metrics.ts';
import { problem } from '../problems/problems.ts';
import type { AskedTracking } from './resolve-tracking.ts';
import type { ScalingBounds } from './scaling-bounds.ts';
import { scheduleProblems } from './schedule-problems.ts';
import { stepProblems } from './step-problems.ts';
import { isSameMetric } from './tracked-metric.ts';

/** `asked`: as the request has it; `tracking`: with every default; `initial`: what it begins with, and the setting that says so. */
export function trackingProblems(
  asked: AskedTracking,
  tracking: TargetTracking,
  initial: { setting: string; capacity: number },
  bounds: ScalingBounds,
  defaultMetric: ScalingMetric,
): Problem[] {
  const problems: Problem[] = [];
  const refuse = (where: string, message: string) => problems.push(problem(where, message));
  const { minimum, maximum } = tracking;
  if (asked.minimum !== undefined && asked.minimum < bounds.least)
    refuse('scaling.minimum', `Found ${asked.minimum}. ${bounds.whyLeast}`);
  for (const key of ['minimum', 'maximum'] as const) {
    const capacity = asked[key];
    if (capacity !== undefined && capacity > bounds.most)
      refuse(`scaling.${key}`, `Found ${capacity}. ${bounds.whyMost}`);
  }
  if (minimum > maximum) refuse('scaling.minimum', `Found ${minimum}, which is more than scaling.maximum, ${maximum}.`);
  if (initial.capacity > maximum)
    refuse(initial.setting, `Found ${initial.capacity}, which is more than scaling.maximum, ${maximum}.`);
  if (asked.metric !== undefined && asked.target === undefined && !isSameMetric(asked.metric, defaultMetric))
    refuse('scaling.target', `It is missing, and has a default only for ${defaultMetric}.`);
  return [
    ...problems,
    ...scheduleProblems(asked.schedules ?? [], tracking, bounds),
    ...stepProblems(asked.steps ?? []),
  ];
}
