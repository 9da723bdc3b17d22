// Which of the scheduled actions of a variant are ours, which of them change, and which limits stay.
import fc from 'fast-check';
import {
  isOwnSchedule,
  limitsFor,
  missedSchedules,
  ownSchedule,
  scheduleChange,
} from '../../lambdas/core/scaling/own-schedules.ts';
import {
  hasForeignScaling,
  isScaledAs,
  targetTrackingConfiguration,
} from '../../lambdas/core/scaling/scaling-change.ts';
import type { ScheduleSettings, TargetTracking } from '../../state-machine/contract/resolved-request.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const now = new Date('2026-01-01T12:00:00Z');
const night: ScheduleSettings = {
  name: 'night',
  expression: 'cron(0 20 * * ? *)',
  timezone: 'UTC',
  minimum: 1,
  maximum: 2,
};
const morning: ScheduleSettings = {
  ...night,
  name: 'morning',
  expression: 'cron(0 6 * * ? *)',
  minimum: 4,
  maximum: 8,
};
const past: ScheduleSettings = { ...night, name: 'past', expression: 'at(2026-01-01T11:00:00)' };
const coming: ScheduleSettings = { ...night, name: 'coming', expression: 'at(2026-01-01T13:00:00)' };
const wanting = (...schedules: ScheduleSettings[]): TargetTracking => ({
  ...aResolvedRequest().scaling!,
  minimum: 3,
  maximum: 6,
  schedules,
});
const theirs = { name: 'theirs', definition: { Schedule: 'rate(1 day)', ScalableTargetAction: { MinCapacity: 2 } } };
const live = (actions: ScalingRecord['scheduledActions'], minimum = 3, maximum = 6): ScalingRecord => ({
  ...{ minimum, maximum, suspended: {}, scheduledActions: actions },
  policies: [
    {
      name: 'sagemaker-deployer-invocations-per-instance',
      type: 'TargetTrackingScaling',
      configuration: targetTrackingConfiguration(wanting()),
    },
  ],
});
const change = (wanted: TargetTracking, found: ScalingRecord | null) => {
  const { put, removed } = scheduleChange(wanted, found, now);
  return [put.map(({ name }) => name), removed];
};
const OWN = 'sagemaker-deployer-schedule-';

test('as Application Auto Scaling keeps it', () => {
  expect(ownSchedule(night)).toEqual({
    name: `${OWN}night`,
    definition: {
      ...{ Schedule: 'cron(0 20 * * ? *)', Timezone: 'UTC' },
      ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
    },
  });
  const { minimum: _, ...lone } = night;
  expect(ownSchedule(lone).definition.ScalableTargetAction).toEqual({ MaxCapacity: 2 });
});

test('what is new or different is put, what nobody wants any more is removed, and what is not ours stays', () => {
  expect(change(wanting(night, morning), null)).toEqual([[`${OWN}night`, `${OWN}morning`], []]);
  expect(change(wanting(night), live([ownSchedule(night), theirs]))).toEqual([[], []]);
  expect(change(wanting({ ...night, maximum: 3 }), live([ownSchedule(night)]))).toEqual([[`${OWN}night`], []]);
  expect(change(wanting(morning), live([ownSchedule(night), theirs]))).toEqual([[`${OWN}morning`], [`${OWN}night`]]);
  expect(change(wanting(), live([ownSchedule(night), theirs]))).toEqual([[], [`${OWN}night`]]);
});

test('AWS may leave out that a schedule is in UTC', () => {
  const { Timezone: _, ...definition } = ownSchedule(night).definition;
  expect(change(wanting(night), live([{ name: `${OWN}night`, definition }]))).toEqual([[], []]);
});

test('one of somebody’s that was taken over makes way for ours; one that does something else under that name does not', () => {
  const taken = { ...ownSchedule(night), name: 'night' };
  expect(change(wanting(night), live([taken, theirs]))).toEqual([[`${OWN}night`], ['night']]);
  const other = { ...ownSchedule({ ...night, maximum: 5 }), name: 'night' };
  expect(change(wanting(night), live([other]))).toEqual([[`${OWN}night`], []]);
});

test('a one-time schedule that has passed is neither made nor removed while it is wanted', () => {
  expect(change(wanting(past, coming), live([]))).toEqual([[`${OWN}coming`], []]);
  expect(change(wanting(past), live([ownSchedule(past)]))).toEqual([[], []]);
  expect(change(wanting(), live([ownSchedule(past)]))).toEqual([[], [`${OWN}past`]]);
  expect(missedSchedules(wanting(past, coming), live([]), now).map(({ name }) => name)).toEqual([`${OWN}past`]);
  expect(missedSchedules(wanting(past), live([ownSchedule(past)]), now)).toEqual([]);
});

test.each<[string, ScheduleSettings[], ScalingRecord | null, [number, number]]>([
  ['nothing is there', [night], null, [3, 6]],
  ['the night has begun', [night, morning], live([ownSchedule(night), ownSchedule(morning)], 1, 2), [1, 2]],
  ['the night has begun, and the night changes', [{ ...night, maximum: 3 }], live([ownSchedule(night)], 1, 2), [3, 6]],
  ['somebody has changed the limits', [night], live([ownSchedule(night)], 2, 9), [3, 6]],
  ['a schedule of somebody’s has changed them', [], live([theirs], 2, 6), [3, 6]],
  [
    'a schedule has set the maximum alone',
    [{ ...night, minimum: undefined as never, maximum: 9 }],
    live([ownSchedule({ ...night, minimum: undefined as never, maximum: 9 })], 3, 9),
    [3, 9],
  ],
  [
    'the two would not fit',
    [{ ...night, minimum: 8, maximum: 9 }],
    live([ownSchedule({ ...night, minimum: 8, maximum: 9 })], 8, 12),
    [3, 6],
  ],
])('limits where %s', (_name, schedules, found, [minimum, maximum]) => {
  expect(limitsFor(wanting(...schedules), found)).toEqual({ minimum, maximum });
});

const anySchedules = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    expression: fc.constantFrom('rate(1 day)', 'at(2026-01-01T11:00:00)', 'at(2026-01-01T13:00:00)'),
    timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
    minimum: fc.integer({ min: 1, max: 3 }),
    maximum: fc.integer({ min: 3, max: 5 }),
  }),
  { selector: ({ name }) => name },
);

test('whatever was there: once the change is made nothing is left to do, and what is not ours is as it was', () => {
  fc.assert(
    fc.property(anySchedules, anySchedules, fc.boolean(), (before, wanted, isTaken) => {
      const tracking = wanting(...wanted);
      const foreign = isTaken
        ? [theirs, ...before.map((each) => ({ ...ownSchedule(each), name: each.name }))]
        : [theirs];
      const found = live([...foreign, ...before.map(ownSchedule)]);
      const { put, removed } = scheduleChange(tracking, found, now);
      const names = new Set([...removed, ...put.map(({ name }) => name)]);
      const after = {
        ...found,
        ...limitsFor(tracking, found),
        scheduledActions: [...found.scheduledActions.filter(({ name }) => !names.has(name)), ...put],
      };
      expect(isScaledAs(tracking, after, now)).toBe(true);
      expect(hasForeignScaling(after, found, tracking, now)).toBe(true);
      const left = after.scheduledActions.filter((action) => !isOwnSchedule(action));
      expect(left).toContainEqual(theirs);
      expect(isScaledAs(tracking, found, now)).toBe(names.size === 0 && found.minimum === after.minimum);
    }),
  );
});
