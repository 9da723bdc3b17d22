// Schedules of an endpoint that something else made: those that fit become settings, the others stay somebody's own.
import { liveSchedules } from '../../lambdas/core/adoption/live-schedules.ts';
import { pastScheduleProblems } from '../../lambdas/core/scaling/asked-schedules.ts';
import { archive } from '../../simulate/world/archives.ts';
import { keyOf } from '../../simulate/world/simulated-stack.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';
import { adopted, target } from './adopted-endpoint.ts';

const action = (name: string, change: Record<string, unknown> = {}): ScalingRecord['scheduledActions'][number] => ({
  name,
  definition: {
    ...{ Schedule: 'cron(0 20 * * ? *)', Timezone: 'Europe/Berlin' },
    ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 3 },
    ...change,
  },
});
const schedule = (name: string, change: object = {}) => ({
  ...{ name, expression: 'cron(0 20 * * ? *)', timezone: 'Europe/Berlin', minimum: 1, maximum: 3 },
  ...change,
});
const read = (scheduledActions: ScalingRecord['scheduledActions'], takesOver = true) =>
  liveSchedules(
    { minimum: 1, maximum: 4, suspended: {}, policies: [], scheduledActions },
    { maximumInstances: 5, takesOver },
  );

test('as a request would write them', () => {
  expect(read([action('night'), action('day', { Timezone: undefined })])).toEqual([
    schedule('day', { timezone: 'UTC' }),
    schedule('night'),
  ]);
  expect(read([action('max', { ScalableTargetAction: { MaxCapacity: 2 } })])).toEqual([
    { name: 'max', expression: 'cron(0 20 * * ? *)', timezone: 'Europe/Berlin', maximum: 2 },
  ]);
});

test.each<[string, Record<string, unknown>, string?]>([
  ['runs once', { Schedule: 'at(2030-01-01T00:00:00)' }],
  ['ends', { EndTime: '2030-01-01T00:00:00.000Z' }],
  ['begins', { StartTime: '2030-01-01T00:00:00.000Z' }],
  ['has another name than a request may give', {}, 'every night'],
  ['changes nothing', { ScalableTargetAction: {} }],
  ['has no action', { ScalableTargetAction: undefined }],
  ['goes beyond what the platform allows', { ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 6 } }],
  ['goes down to 0', { ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 3 } }],
])('one that %s stays beside', (_name, change, name = 'night') => {
  expect(read([action(name, change)])).toEqual([]);
});

test('more than a request may have stay beside, all of them; and of a release only ours are settings', () => {
  expect(read(Array.from({ length: 21 }, (_, n) => action(`n${n}`)))).toEqual([]);
  const ours = action('sagemaker-deployer-schedule-night');
  expect(read([ours, action('theirs')], false)).toEqual([schedule('night')]);
  expect(read([ours, action('night', { Schedule: 'rate(1 day)' })])).toEqual([schedule('night')]);
});

test('one that became a setting is ours from then on, comes back with a rollback, and goes by a request', async () => {
  const { stack, uploaded, requested, last } = await adopted();
  const put = (ScheduledActionName: string, Schedule: string) =>
    stack.person('application-autoscaling', 'PutScheduledAction', {
      ...{ ...target, ScheduledActionName, Schedule },
      ScalableTargetAction: { MinCapacity: 2, MaxCapacity: 3 },
    });
  await put('night', 'cron(0 20 * * ? *)');
  await put('sale', 'at(2030-01-01T00:00:00)');
  const scaled = () => {
    const { scheduledActions, scalingPolicies, scalableTargets } = stack.account.hosting.snapshot();
    return { scheduledActions, scalingPolicies, scalableTargets };
  };
  const names = () => Object.keys(scaled().scheduledActions).map((key) => key.split(' ').at(-1));
  const before = scaled();

  stack.upload(keyOf('iris', 2), await archive('wrong', 2), []);
  const model = { s3Uri: `s3://models-bucket/${keyOf('iris', 2)}` };
  stack.request({ endpointName: 'iris', model, verification: 'live' });
  expect(await last()).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
  expect(stack.account.calls.map(({ operation }) => operation)).toContain('DeleteScheduledAction');
  expect(scaled()).toEqual(before);

  expect(await uploaded(3)).toMatchObject({ outcome: 'deployed', change: { settings: [] } });
  expect(names().sort()).toEqual(['sagemaker-deployer-schedule-night', 'sale']);
  expect(await requested({ scaling: { schedules: [] } })).toMatchObject({
    outcome: 'deployed',
    change: { settings: [{ setting: 'scaling.schedules', to: null }] },
  });
  expect(names()).toEqual(['sale']);
});

test('one that has passed is refused where it is new, and not where the newest release has it', () => {
  const now = new Date('2026-01-01T12:00:00Z');
  const once = (expression: string, timezone?: string) => ({
    name: 'sale',
    expression,
    minimum: 2,
    ...(timezone && { timezone }),
  });
  const asked = (...schedules: ReturnType<typeof once>[]) => ({ scaling: { schedules } });
  const past = once('at(2026-01-01T12:30:00)', 'Europe/Berlin');
  expect(pastScheduleProblems(asked(past), {}, now)).toEqual([
    {
      where: 'scaling.schedules.0.expression',
      message: 'Found at(2026-01-01T12:30:00), which has passed in the timezone Europe/Berlin.',
    },
  ]);
  expect(pastScheduleProblems(asked(past), asked(past), now)).toEqual([]);
  expect(pastScheduleProblems(asked(past), asked({ ...past, minimum: 3 }), now)).toHaveLength(1);
  expect(pastScheduleProblems(asked(once('at(2026-01-01T12:30:00)'), once('rate(1 day)')), {}, now)).toEqual([]);
  const ofVariant = { variants: [{ name: 'a' }, { name: 'b', ...asked(past) }] };
  expect(pastScheduleProblems(ofVariant, {}, now)).toMatchObject([
    { where: 'variants.1.scaling.schedules.0.expression' },
  ]);
  expect(pastScheduleProblems(ofVariant, ofVariant, now)).toEqual([]);
});
