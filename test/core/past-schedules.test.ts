// One-time schedules on either side of their time, in timezones whose clocks skip and repeat hours.
import { isPast, pastScheduleWarnings, withoutPast } from '../../lambdas/core/scaling/past-schedules.ts';
import { hasForeignScaling, sameScaling } from '../../lambdas/core/scaling/scaling-change.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const action = (Schedule: string, Timezone?: string, name = 'sale') => ({
  name,
  definition: { Schedule, ...(Timezone && { Timezone }), ScalableTargetAction: { MinCapacity: 2 } },
});
const record = (...scheduledActions: ScalingRecord['scheduledActions']): ScalingRecord => ({
  minimum: 1,
  maximum: 4,
  suspended: {},
  policies: [{ name: 'theirs', type: 'StepScaling', configuration: { Cooldown: 1 } }],
  scheduledActions,
});
const tracking = aResolvedRequest().scaling!;
const secondsBefore = (instant: string, seconds: number) => new Date(Date.parse(instant) - seconds * 1000);

test.each([
  ['at(2026-01-01T12:00:00)', undefined, '2026-01-01T12:00:00Z'],
  ['at(2026-01-01T12:00:00)', 'Asia/Kathmandu', '2026-01-01T06:15:00Z'],
  ['at(2026-07-01T00:30:00)', 'America/New_York', '2026-07-01T04:30:00Z'],
  ['at(2026-01-01T12:00:00)', 'Etc/GMT+9', '2026-01-01T21:00:00Z'],
  // Europe/Berlin: clocks go from 02:00 to 03:00 at 01:00Z, and from 03:00 back to 02:00 at 01:00Z.
  ['at(2026-03-29T01:59:59)', 'Europe/Berlin', '2026-03-29T00:59:59Z'],
  ['at(2026-03-29T02:30:00)', 'Europe/Berlin', '2026-03-29T01:30:00Z'],
  ['at(2026-03-29T03:00:00)', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
  ['at(2026-10-25T01:30:00)', 'Europe/Berlin', '2026-10-24T23:30:00Z'],
  ['at(2026-10-25T02:30:00)', 'Europe/Berlin', '2026-10-25T00:30:00Z'],
  ['at(2026-10-25T03:00:00)', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
])('%s in %s is due at %s', (schedule, zone, instant) => {
  expect(isPast(action(schedule, zone), secondsBefore(instant, 1))).toBe(false);
  expect(isPast(action(schedule, zone), new Date(instant))).toBe(true);
});

test.each([
  ['cron(0 8 1 1 ? 2020)', undefined],
  ['rate(1 day)', undefined],
  ['at(2020-13-45T99:00:00)', undefined],
  ['at(2020-01-01T00:00:00)', 'Mars/Olympus'],
])('%s in %s is left for AWS to judge', (schedule, zone) => {
  expect(isPast(action(schedule, zone), new Date())).toBe(false);
});

const now = new Date('2026-01-01T12:00:00Z');
const past = action('at(2026-01-01T11:00:00)', undefined, 'past');
const coming = action('at(2026-01-01T13:00:00)', undefined, 'coming');

test('what has passed is left out and told, unless it is still there', () => {
  expect(withoutPast(record(past, coming), now)).toEqual(record(coming));
  expect(pastScheduleWarnings(record(past, coming), record(coming), now)).toEqual([
    expect.stringMatching(/not made again.*: past, at\(2026-01-01T11:00:00\) UTC, \{"MinCapacity":2\}$/),
  ]);
  expect(pastScheduleWarnings(record(past, coming), record(past), now)).toEqual([]);
  expect(pastScheduleWarnings(record(coming), null, now)).toEqual([]);
  expect(pastScheduleWarnings(null, null, now)).toEqual([]);
});

test('two hundred of them are one text of bounded length', () => {
  const many = Array.from({ length: 200 }, (_, n) => ({ ...past, name: `${n}`.repeat(80) }));
  expect(pastScheduleWarnings(record(...many), null, now).map(({ length }) => length)).toEqual([700]);
});

test('a schedule that has passed is no difference; one that comes is', () => {
  expect(sameScaling(record(past, coming), record(coming), now)).toBe(true);
  expect(sameScaling(record(coming), record(past, coming), now)).toBe(true);
  expect(sameScaling(record(past, coming), record(past), now)).toBe(false);
  expect(sameScaling(record(past), null, now)).toBe(false);
  expect(sameScaling(null, null, now)).toBe(true);
});

test('foreign scaling is there when each due schedule and each policy but ours is', () => {
  const previous = record(past, coming);
  expect(hasForeignScaling(null, previous, tracking, now)).toBe(false);
  expect(hasForeignScaling(record(), previous, tracking, now)).toBe(false);
  expect(hasForeignScaling({ ...record(coming), policies: [] }, previous, tracking, now)).toBe(false);
  expect(hasForeignScaling({ ...record(coming), minimum: 3 }, previous, tracking, now)).toBe(true);
});
