// When scaling counts as it should be, as it was, and as people had made it.
import fc from 'fast-check';
import { SCALING_POLICY_NAME } from '../../lambdas/core/naming/names.ts';
import {
  hasForeignScaling,
  isScaledAs,
  sameScaling,
  targetTrackingConfiguration,
} from '../../lambdas/core/scaling/scaling-change.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const now = new Date(Date.UTC(2026, 0, 1));
const wanted = aResolvedRequest().scaling!;
const ours = {
  name: SCALING_POLICY_NAME,
  type: 'TargetTrackingScaling',
  configuration: targetTrackingConfiguration(wanted) as Record<string, unknown>,
};
const policy = (name: string, TargetValue = 40) => ({ ...ours, name, configuration: { TargetValue } });
const schedule = (name: string, Schedule = 'cron(0 8 * * ? *)') => ({ name, definition: { Schedule } });
const live = (change: Partial<ScalingRecord> = {}): ScalingRecord =>
  ({
    minimum: wanted.minimum,
    maximum: wanted.maximum,
    policies: [ours],
    scheduledActions: [],
    ...change,
  }) as ScalingRecord;
const configured = (change: Record<string, unknown>) =>
  live({ policies: [{ ...ours, configuration: { ...ours.configuration, ...change } }] as never });

test('the policy asks for all that was wished', () => {
  expect(targetTrackingConfiguration(wanted)).toEqual({
    TargetValue: wanted.target,
    PredefinedMetricSpecification: { PredefinedMetricType: wanted.metric },
    ScaleInCooldown: wanted.scaleInCooldownSeconds,
    ScaleOutCooldown: wanted.scaleOutCooldownSeconds,
  });
});

test.each<[string, typeof wanted | null, ScalingRecord | null, boolean]>([
  ['none wanted, none there', null, null, true],
  ['none wanted, some there', null, live(), false],
  ['wanted, none there', wanted, null, false],
  ['just so', wanted, live(), true],
  ['just so, beside what people made', wanted, live({ policies: [policy('a') as never, ours as never] }), true],
  ['another minimum', wanted, live({ minimum: wanted.minimum + 1 }), false],
  ['another maximum', wanted, live({ maximum: wanted.maximum + 1 }), false],
  ['no policy', wanted, live({ policies: [] }), false],
  ["only somebody else's policy", wanted, live({ policies: [{ ...ours, name: 'a' }] as never }), false],
  [
    'beside one that tracks the same metric',
    wanted,
    live({ policies: [ours, { ...ours, name: 'a' }] as never }),
    false,
  ],
  ['a policy of another type', wanted, live({ policies: [{ ...ours, type: 'StepScaling' }] as never }), false],
  ['another target', wanted, configured({ TargetValue: 1 }), false],
  ['another cooldown', wanted, configured({ ScaleInCooldown: 1 }), false],
  ['scaling in is disabled', wanted, configured({ DisableScaleIn: true }), false],
  ['scaling in is said not to be disabled', wanted, configured({ DisableScaleIn: false }), true],
])('%s: as wanted %#', (_name, wish, found, expected) => {
  expect(isScaledAs(wish, found, now)).toBe(expected);
});

const anyRecord = fc
  .record({
    policies: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }),
    scheduledActions: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 }),
  })
  .map(({ policies, scheduledActions }) =>
    live({
      policies: policies.map((name) => policy(name)) as never,
      scheduledActions: scheduledActions.map((name) => schedule(name)) as never,
    }),
  );

test('scaling is the same in whatever order AWS lists it, and not when anything differs', () => {
  const parts = ['policies', 'scheduledActions'] as const;
  fc.assert(
    fc.property(anyRecord, fc.infiniteStream(fc.nat()), (record, numbers) => {
      const shuffled = <T>(list: readonly T[]) =>
        list
          .map((one) => [numbers.next().value as number, one] as const)
          .sort(([a], [b]) => a - b)
          .map(([, one]) => one);
      const other = {
        ...record,
        policies: shuffled(record.policies),
        scheduledActions: shuffled(record.scheduledActions),
      };
      expect(sameScaling(record, other, now)).toBe(true);
      expect(sameScaling(record, { ...other, minimum: record.minimum + 1 }, now)).toBe(false);
      for (const part of parts) {
        if (record[part].length > 0)
          expect(sameScaling(record, { ...record, [part]: record[part].slice(1) }, now)).toBe(false);
      }
    }),
  );
  expect([sameScaling(null, null, now), sameScaling(null, live(), now), sameScaling(live(), null, now)]).toEqual([
    ...[true, false, false],
  ]);
});

test('what people made is there when each of their policies and schedules is, whatever became of ours', () => {
  const previous = live({ policies: [ours, policy('a')] as never, scheduledActions: [schedule('s')] as never });
  const holds = (found: ScalingRecord | null) => hasForeignScaling(found, previous, wanted, now);
  expect(holds(previous)).toBe(true);
  expect(holds({ ...previous, policies: [policy('a'), policy('b')] as never })).toBe(true);
  expect(holds({ ...previous, policies: [ours] as never })).toBe(false);
  expect(holds({ ...previous, policies: [ours, policy('a', 41)] as never })).toBe(false);
  expect(holds({ ...previous, scheduledActions: [] })).toBe(false);
  expect(holds(null)).toBe(false);
  const tracked = { ...previous, policies: [...previous.policies, { ...ours, name: 'theirs' }] };
  expect(hasForeignScaling(previous, tracked as never, wanted, now)).toBe(true);
});
