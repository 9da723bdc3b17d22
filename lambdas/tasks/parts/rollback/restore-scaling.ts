// Puts the scaling of a target back as it was, but for one-time schedules whose time has passed.
import type { ScalableTarget, ScalingRecord } from '../../../../state-machine/contract/scaling-target.ts';
import { withoutPast } from '../../../core/scaling/past-schedules.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { AlarmTags, Scaling } from '../../../ports/scaling.ts';

/** What was put back. A schedule whose time comes while this runs may be refused: then it is left out too. */
export async function restoreScaling(
  { clock, scaling }: { clock: Clock; scaling: Scaling },
  target: ScalableTarget,
  record: ScalingRecord,
  tags: AlarmTags,
): Promise<ScalingRecord> {
  const due = withoutPast(record, clock.now());
  try {
    await scaling.restore(target, due, tags);
    return due;
  } catch (error) {
    if (withoutPast(due, clock.now()).scheduledActions.length === due.scheduledActions.length) throw error;
    return restoreScaling({ clock, scaling }, target, due, tags);
  }
}
