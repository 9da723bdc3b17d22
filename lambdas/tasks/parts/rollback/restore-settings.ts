// Scaling and tags of an endpoint that was there before, exactly as they were; scaling leftovers of one that was not.
import type { Rollback } from '../../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../../state-machine/contract/scaling-target.ts';
import type { EndpointDescription } from '../../../core/endpoint/endpoint-description.ts';
import { alarmTags } from '../../../core/naming/ownership-tags.ts';
import { tagChange } from '../../../core/naming/tag-change.ts';
import { pastScheduleWarnings } from '../../../core/scaling/past-schedules.ts';
import { sameScaling } from '../../../core/scaling/scaling-change.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { Scaling } from '../../../ports/scaling.ts';
import { restoreScaling } from './restore-scaling.ts';

interface Ports {
  clock: Clock;
  scaling: Scaling;
  deploymentTarget: DeploymentTarget;
}

export async function restoreSettings(
  { clock, scaling, deploymentTarget }: Ports,
  { before, scalingTargets, ownershipTags }: Plan,
  endpoint: EndpointDescription | null,
  tags: Record<string, string>,
): Promise<Pick<Rollback, 'done' | 'warnings'>> {
  const done: string[] = [];
  const warnings: string[] = [];
  for (const target of scalingTargets) {
    const live = await scaling.find(target);
    const previous = scalingBefore(before, target);
    let restored = live;
    if (!sameScaling(previous, live, clock.now())) {
      if (previous === null) await scaling.deregister(target);
      else restored = await restoreScaling({ clock, scaling }, target, previous, alarmTags(ownershipTags));
      done.push(`restored the scaling of ${target.resourceId}`);
    }
    // While it was taken off, no schedule could run.
    if (target.suspended || target.tracking === null)
      warnings.push(...pastScheduleWarnings(previous, restored, clock.now()));
  }
  const change = before && endpoint && tagChange(before.tags, tags);
  if (endpoint && change) {
    await deploymentTarget.tag(endpoint.arn, change);
    done.push(`restored the tags of ${endpoint.name}`);
  }
  return { done, warnings };
}
