// The scheduled actions of a live variant, as a request would write them: those that fit, if all of them fit together.
import type { ScheduleSettings } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { isMembers } from '../endpoint/members.ts';
import { isOwnSchedule, ownScheduleName } from '../scaling/own-schedules.ts';
import { instanceBounds } from '../scaling/scaling-bounds.ts';
import { scheduleProblems } from '../scaling/schedule-problems.ts';

type ScheduledAction = ScalingRecord['scheduledActions'][number];

/** As the request's schema has them. */
const NAME = /^[A-Za-z0-9-]{1,64}$/;
const MOST = 20;
const KNOWN = new Set(['Schedule', 'Timezone', 'ScalableTargetAction']);

/**
 * What fits not stays beside them, as somebody's own: one-time schedules, which are no settings to keep, and what begins or ends at
 * a time. `takesOver`: whether somebody's own count too.
 */
export function liveSchedules(
  { minimum, maximum, scheduledActions }: ScalingRecord,
  { maximumInstances, takesOver }: { maximumInstances: number; takesOver: boolean },
): ScheduleSettings[] {
  const own = scheduledActions.filter(isOwnSchedule).flatMap((action) => settingsOf(ownScheduleName(action), action));
  const names = new Set(own.map(({ name }) => name));
  const others = scheduledActions
    .filter((action) => takesOver && !isOwnSchedule(action) && !names.has(action.name))
    .filter(({ definition }) => !String(definition.Schedule).startsWith('at('))
    .flatMap((action) => settingsOf(action.name, action));
  const found = [...own, ...others].sort((one, other) => (one.name < other.name ? -1 : 1));
  const bounds = instanceBounds({ maximumInstances }, minimum === 0 ? 0 : 1);
  const fit = scheduleProblems(found, { minimum, maximum }, bounds).length === 0;
  return fit && found.length <= MOST ? found : own;
}

/** None where the settings have no place for something. */
function settingsOf(name: string, { definition }: ScheduledAction): ScheduleSettings[] {
  const { Schedule, Timezone = 'UTC', ScalableTargetAction: action } = definition;
  const isKnown = Object.keys(definition).every((key) => KNOWN.has(key));
  if (!isKnown || !NAME.test(name) || typeof Schedule !== 'string' || typeof Timezone !== 'string') return [];
  if (!isMembers(action)) return [];
  const { MinCapacity, MaxCapacity } = action;
  return [
    {
      ...{ name, expression: Schedule, timezone: Timezone },
      ...(typeof MinCapacity === 'number' && { minimum: MinCapacity }),
      ...(typeof MaxCapacity === 'number' && { maximum: MaxCapacity }),
    },
  ];
}
