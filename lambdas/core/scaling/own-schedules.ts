// The scheduled actions that a request asks for: ours by their names, beside those that people made.
import type { ScheduleSettings, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { canonicalJson } from '../naming/names.ts';
import { isPast } from './past-schedules.ts';

type ScheduledAction = ScalingRecord['scheduledActions'][number];

const PREFIX = 'sagemaker-deployer-schedule-';

export const isOwnSchedule = ({ name }: Pick<ScheduledAction, 'name'>): boolean => name.startsWith(PREFIX);

/** The name of one of ours in the request. */
export const ownScheduleName = ({ name }: Pick<ScheduledAction, 'name'>): string => name.slice(PREFIX.length);

/** As Application Auto Scaling keeps it. */
export const ownSchedule = (schedule: ScheduleSettings): ScheduledAction => ({
  name: `${PREFIX}${schedule.name}`,
  definition: definitionOf(schedule),
});

const definitionOf = ({ expression, timezone, minimum, maximum }: ScheduleSettings): ScheduledAction['definition'] => ({
  Schedule: expression,
  Timezone: timezone,
  ScalableTargetAction: {
    ...(minimum !== undefined && { MinCapacity: minimum }),
    ...(maximum !== undefined && { MaxCapacity: maximum }),
  },
});

/** UTC is the default, which AWS may or may not repeat. */
const inForce = ({ Timezone = 'UTC', ...definition }: ScheduledAction['definition']) =>
  canonicalJson({ ...definition, Timezone });

const isAlike = (one: ScheduledAction, other: ScheduledAction): boolean =>
  inForce(one.definition) === inForce(other.definition);

/** Whether ours takes the place of somebody's: it does the same under the name that the request gives it, so that it was taken over. */
export const isTakenOver = (action: ScheduledAction, { schedules = [] }: Pick<TargetTracking, 'schedules'>): boolean =>
  schedules.some((schedule) => schedule.name === action.name && isAlike(ownSchedule(schedule), action));

/** One-time schedules whose time has passed cannot be made any more, and have nothing left to do. */
const due = ({ schedules = [] }: Pick<TargetTracking, 'schedules'>, now: Date): ScheduledAction[] =>
  schedules.map(ownSchedule).filter((action) => !isPast(action, now));

export interface ScheduleChange {
  put: ScheduledAction[];
  /** Names. */
  removed: string[];
}

/** What is left to do until the schedules are as wanted. */
export function scheduleChange(wanted: TargetTracking, live: ScalingRecord | null, now: Date): ScheduleChange {
  const found = live?.scheduledActions ?? [];
  const names = new Set((wanted.schedules ?? []).map((schedule) => ownSchedule(schedule).name));
  const isThere = (action: ScheduledAction) => found.some((each) => each.name === action.name && isAlike(each, action));
  return {
    put: due(wanted, now).filter((action) => !isThere(action)),
    removed: found
      .filter((action) => (isOwnSchedule(action) ? !names.has(action.name) : isTakenOver(action, wanted)))
      .map(({ name }) => name),
  };
}

/**
 * The limits that a variant gets. Schedules change them: what one that stays as it is may have set, stays too, for a rollout in
 * the night must not bring the limits of the day.
 */
export function limitsFor(
  wanted: TargetTracking,
  live: ScalingRecord | null,
): Pick<TargetTracking, 'minimum' | 'maximum'> {
  const { minimum, maximum, schedules = [] } = wanted;
  const there = schedules.filter((schedule) =>
    (live?.scheduledActions ?? []).some(
      (action) => (isOwnSchedule(action) || isTakenOver(action, wanted)) && isAlike(action, ownSchedule(schedule)),
    ),
  );
  const asLive = (key: 'minimum' | 'maximum', otherwise: number) =>
    live !== null && there.some((schedule) => schedule[key] === live[key]) ? live[key] : otherwise;
  const found = { minimum: asLive('minimum', minimum), maximum: asLive('maximum', maximum) };
  return found.minimum <= found.maximum ? found : { minimum, maximum };
}

/** For people, about one-time schedules that this rollout brings, and that passed before it could make them. */
export function missedSchedules(wanted: TargetTracking, live: ScalingRecord | null, now: Date): ScheduledAction[] {
  const there = new Set(live?.scheduledActions.map(({ name }) => name));
  return (wanted.schedules ?? []).map(ownSchedule).filter((action) => isPast(action, now) && !there.has(action.name));
}
