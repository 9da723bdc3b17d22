// The scaling of asynchronous variants by what waits in their queue, down to no instance.
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { BACKLOG_METRIC } from '../../../state-machine/contract/scaling-metrics.ts';
import { problem } from '../problems/problems.ts';
import { DEFAULT_BACKLOG, madeTracking } from '../scaling/backlog.ts';
import { instanceBounds } from '../scaling/scaling-bounds.ts';
import { trackingProblems } from '../scaling/tracking-problems.ts';
import type { Asked, HostingType, Wanted } from './hosting-type.ts';
import { fleetProblems, resolveInstances } from './instance-limits.ts';
import { scaledInstances } from './scaled-instances.ts';

/** Only where it is asked for. */
export const resolveQueueScaling = (
  scaling: Asked<'async'>['scaling'],
  platform: PlatformSettings,
  instanceCount: number,
): TargetTracking | null =>
  typeof scaling === 'object'
    ? resolveInstances(scaling, platform, instanceCount, { metric: BACKLOG_METRIC, target: DEFAULT_BACKLOG })
    : null;

/** It has no metric of invocations: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html */
export function queueProblems(
  { scaling: asked }: Asked<'async'>,
  { hosting, scaling }: Wanted<'async'>,
  platform: PlatformSettings,
): Problem[] {
  const problems = fleetProblems(hosting, platform);
  if (typeof asked !== 'object' || scaling === null) return problems;
  if (typeof asked.metric === 'string' && asked.metric !== BACKLOG_METRIC) {
    const text = `Asynchronous endpoints do not have it. Use "${BACKLOG_METRIC}", a customized metric, or leave it out.`;
    problems.push(problem('scaling.metric', text));
  }
  const initial = { setting: 'hosting.instanceCount', capacity: hosting.instanceCount };
  return [...problems, ...trackingProblems(asked, scaling, initial, instanceBounds(platform, 0), BACKLOG_METRIC)];
}

export const scaledQueue: HostingType<'async'>['scalingTargets'] = (endpointName, ...others) =>
  scaledInstances(endpointName, ...others).map(({ tracking, ...target }) => ({
    ...target,
    tracking: tracking && madeTracking(tracking, endpointName),
  }));
