// One-time schedules whose time has passed: they have nothing left to do, and cannot be made again.
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';
import { shortened } from '../problems/shortened.ts';

type ScheduledAction = ScalingRecord['scheduledActions'][number];

const DAY = 86_400_000;
const MAXIMUM_WARNING = 700;

/**
 * When a one-time schedule, `at(yyyy-mm-ddThh:mm:ss)` in its timezone or else in UTC, is due, in milliseconds; NaN for every other
 * kind, and where the time cannot be read.
 * https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html
 */
export function dueOnce({ Schedule, Timezone }: { Schedule?: unknown; Timezone?: unknown }): number {
  const [, local] = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$/.exec(String(Schedule)) ?? [];
  if (local === undefined) return Number.NaN;
  return instantOf(Date.parse(`${local}Z`), typeof Timezone === 'string' ? Timezone : 'UTC');
}

/** Whether it is a one-time schedule that is due no more. False where the time cannot be read: then it is put back, and AWS judges it. */
export const isPast = ({ definition }: Pick<ScheduledAction, 'definition'>, now: Date): boolean =>
  dueOnce(definition) <= now.getTime();

/** What of the scaling can still be put back. */
export const withoutPast = (record: ScalingRecord, now: Date): ScalingRecord => ({
  ...record,
  scheduledActions: record.scheduledActions.filter((action) => !isPast(action, now)),
});

/**
 * For people, about a variant whose scaling may have been taken off: the schedules that passed meanwhile and are not
 * there any more. None, or one text however many they are.
 */
export function pastScheduleWarnings(previous: ScalingRecord | null, live: ScalingRecord | null, now: Date): string[] {
  const stays = new Set(live?.scheduledActions.map(({ name }) => name));
  return lostScheduleWarnings(
    (previous?.scheduledActions ?? []).filter((action) => isPast(action, now) && !stays.has(action.name)),
  );
}

/** For people, about schedules that passed before they could be made. None, or one text however many they are. */
export function lostScheduleWarnings(lost: readonly ScheduledAction[]): string[] {
  if (lost.length === 0) return [];
  const text =
    'One-time schedules whose time has passed were not made again; if they did not run, change the capacity by hand: ';
  return [shortened(text + lost.map(described).join('; '), MAXIMUM_WARNING)];
}

function described({ name, definition }: ScheduledAction): string {
  const { Schedule, Timezone = 'UTC', ScalableTargetAction } = definition;
  return `${name}, ${Schedule} ${Timezone}, ${JSON.stringify(ScalableTargetAction)}`;
}

/** When the clocks of a timezone show `local` (milliseconds, as if it were UTC), the first time where they show it twice; NaN for an unknown zone. */
function instantOf(local: number, timeZone: string): number {
  const [before, after] = [local - DAY, local + DAY].map((near) => local - offsetAt(near, timeZone));
  const isShown = (instant: number) => instant + offsetAt(instant, timeZone) === local;
  const shown = [before, after].filter((instant) => instant !== undefined && isShown(instant)) as number[];
  // A time that the clocks skip is the moment at which they do, or up to the hour after.
  return shown.length > 0 ? Math.min(...shown) : (before ?? Number.NaN);
}

/** Milliseconds that the clocks of a timezone are ahead of UTC; NaN for an unknown zone, or no instant. */
function offsetAt(instant: number, timeZone: string): number {
  try {
    const shown = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    return Date.parse(`${shown.format(instant).replace(' ', 'T')}Z`) - Math.floor(instant / 1000) * 1000;
  } catch {
    return Number.NaN;
  }
}
