// Schedules that cannot be read are left for AWS to judge, and what was lost is told one by one.
import { isPast, pastScheduleWarnings } from '../../lambdas/core/scaling/past-schedules.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';

const now = new Date(Date.UTC(2026, 0, 1, 12));
const action = (Schedule: unknown, rest: Record<string, unknown> = {}) =>
  ({ name: String(Schedule), definition: { Schedule, ...rest } }) as ScalingRecord['scheduledActions'][number];

test.each(['xat(2020-01-01T00:00:00)', 'at(2020-01-01T00:00:00)x', 'at(2020-01-01)', undefined, 5])(
  '%s is not a one-time schedule',
  (schedule) => expect(isPast(action(schedule), now)).toBe(false),
);

test('without a timezone it is UTC, to the second', () => {
  for (const Timezone of [undefined, null]) {
    expect(isPast(action('at(2026-01-01T12:00:00)', { Timezone }), now)).toBe(true);
    expect(isPast(action('at(2026-01-01T12:00:01)', { Timezone }), now)).toBe(false);
  }
});

test('all that was lost is told in one text, each with its own capacity', () => {
  const scheduledActions = [1, 2].map((MinCapacity) =>
    action(`at(2025-12-0${MinCapacity}T00:00:00)`, { ScalableTargetAction: { MinCapacity } }),
  );
  const record = { minimum: 1, maximum: 2, policies: [], scheduledActions } as unknown as ScalingRecord;
  const [text, ...more] = pastScheduleWarnings(record, null, now);
  expect(more).toEqual([]);
  expect(text?.match(/"MinCapacity":\d}(; |$)/g)).toHaveLength(2);
});
