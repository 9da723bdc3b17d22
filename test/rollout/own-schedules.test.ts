// Schedules that a request asks for: made, changed, removed and put back, beside those of people.
import { RegisterScalableTargetCommand } from '@aws-sdk/client-application-auto-scaling';
import { AwsError, validationException } from '../../local/hosting/aws-error.ts';
import type { ScheduleSettings } from '../../state-machine/contract/resolved-request.ts';
import { LARGER, morning, scaling, target } from './iris-scaling.ts';
import { RolloutAccount } from './rollout-account.ts';

const day: ScheduleSettings = {
  ...{ name: 'day', expression: 'cron(0 6 ? * MON-FRI *)', timezone: 'Europe/Berlin' },
  ...{ minimum: 2, maximum: 8 },
};
const night: ScheduleSettings = { ...day, name: 'night', expression: 'cron(0 20 * * ? *)', minimum: 1, maximum: 2 };
const wanting = (...schedules: ScheduleSettings[]) => ({ ...scaling, schedules });
const kept = ({ expression, timezone, minimum, maximum }: ScheduleSettings) => ({
  ...{ Schedule: expression, Timezone: timezone },
  ScalableTargetAction: { MinCapacity: minimum, MaxCapacity: maximum },
});
const wrong = () => ({ status: 500, body: '' });
const LIVE = { verification: 'live', environment: { LEVEL: 'x' } } as const;

const schedulesOf = (account: RolloutAccount) =>
  Object.fromEntries(
    Object.values(account.alive().scheduledActions as Record<string, Record<string, unknown>>).map(
      ({ ScheduledActionName, Schedule, Timezone, ScalableTargetAction }) => [
        String(ScheduledActionName).replace('sagemaker-deployer-schedule-', 'ours: '),
        { Schedule, Timezone, ScalableTargetAction },
      ],
    ),
  );
const THEIRS = { morning: expect.objectContaining({ Schedule: 'cron(0 8 * * ? *)' }) };

/** Scaled by day and night, and every morning by somebody's own schedule. */
async function serving(...schedules: ScheduleSettings[]) {
  const account = new RolloutAccount();
  expect(await account.rollOut({ request: { scaling: wanting(...schedules) } })).toMatchObject({ succeeded: true });
  await account.clients.autoScaling.send(morning);
  await account.pass(600_000);
  account.hosting.calls.length = 0;
  return account;
}

test('are made, changed and removed; what people scheduled stays', async () => {
  const account = await serving(day, night);
  expect(schedulesOf(account)).toEqual({ ...THEIRS, 'ours: day': kept(day), 'ours: night': kept(night) });
  const later = { ...day, expression: 'cron(0 7 ? * MON-FRI *)' };
  expect(await account.rollOut({ request: { scaling: wanting(later) } })).toMatchObject({ succeeded: true });
  expect(account.mutations()).toEqual(expect.arrayContaining(['PutScheduledAction', 'DeleteScheduledAction']));
  expect(schedulesOf(account)).toEqual({ ...THEIRS, 'ours: day': kept(later) });
  expect(await account.rollOut({ request: { scaling } })).toMatchObject({ succeeded: true });
  expect(schedulesOf(account)).toEqual(THEIRS);
});

test('that are there as wanted are not touched', async () => {
  const account = await serving(day, night);
  const run = await account.rollOut({ request: { scaling: wanting(day, night), environment: { LEVEL: 'x' } } });
  expect(run).toMatchObject({ succeeded: true });
  expect(account.mutations().filter((name) => /Schedul|Scalable|Policy/.test(name))).toEqual([]);
});

test.each<[string, object]>([
  ['others', { scaling: wanting({ ...day, maximum: 5 }, { ...night, name: 'evening' }) }],
  ['none', { scaling }],
  ['no scaling', { scaling: null }],
  ['another instance type', { scaling: wanting(day), hosting: LARGER }],
])('of an update to %s that fails are put back just as they were', async (_name, request) => {
  const account = await serving(day, night);
  const before = account.alive();
  account.answer = wrong;
  const { outcome } = await account.rollOut({ request: { ...LIVE, ...request } });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(account.mutations()).toContain('PutScheduledAction');
  expect(account.alive()).toEqual(before);
});

test('that an update brings go with it if it fails', async () => {
  const account = await serving();
  const before = account.alive();
  account.answer = wrong;
  await account.rollOut({ request: { ...LIVE, scaling: wanting(day) } });
  expect(account.mutations()).toEqual(expect.arrayContaining(['PutScheduledAction', 'DeleteScheduledAction']));
  expect(account.alive()).toEqual(before);
});

test('that an attempt made in part are finished by the next', async () => {
  const account = await serving(day);
  let calls = 0;
  account.hosting.interceptor = (call, next) => {
    if (call.operation === 'PutScheduledAction' && ++calls === 2)
      throw new AwsError('ThrottlingException', 'Slow down');
    return next();
  };
  const run = await account.rollOut({ request: { scaling: wanting(night, { ...day, maximum: 4 }) } });
  expect(run).toMatchObject({ succeeded: true });
  expect(calls).toBeGreaterThan(2);
  expect(schedulesOf(account)).toMatchObject({ 'ours: day': kept({ ...day, maximum: 4 }), 'ours: night': kept(night) });
});

describe('that have changed the limits', () => {
  const inForce = async (schedule: ScheduleSettings) => {
    const account = await serving(day, night);
    const limits = { MinCapacity: schedule.minimum, MaxCapacity: schedule.maximum };
    await account.clients.autoScaling.send(new RegisterScalableTargetCommand({ ...target, ...limits }));
    await account.pass(600_000);
    account.hosting.calls.length = 0;
    return { account, limits, targets: account.alive().scalableTargets };
  };

  test.each<[string, object]>([
    ['another model', { environment: { LEVEL: 'x' } }],
    ['another target', { scaling: { ...wanting(day, night), target: 90 } }],
    ['another instance type', { hosting: LARGER }],
  ])('keep them through an update to %s', async (_name, request) => {
    const { account, targets } = await inForce(night);
    const run = await account.rollOut({ request: { scaling: wanting(day, night), ...request } });
    expect(run).toMatchObject({ succeeded: true });
    expect(account.alive().scalableTargets).toEqual(targets);
  });

  test('allow as many instances as serve by then', async () => {
    const { account } = await inForce(day);
    account.hosting.autoScale('iris', 'primary', 5);
    await account.pass(600_000);
    const lower = { ...wanting(day, night), maximum: 3 };
    expect(await account.rollOut({ request: { scaling: lower } })).toMatchObject({ succeeded: true });
    const changed = { ...lower, schedules: [{ ...day, maximum: 9 }, night] };
    expect(await account.rollOut({ request: { scaling: changed } })).toMatchObject({
      ...{ error: 'RequestRejected', cause: expect.stringMatching(/scaling\.maximum.* 5 .*3/) },
    });
  });
});

test('of one run whose time comes before they are made are left out and told', async () => {
  const account = await serving(day);
  const soon = account.time.now + 120_000;
  const sale = {
    ...day,
    name: 'sale',
    expression: `at(${new Date(soon).toISOString().slice(0, 19)})`,
    timezone: 'UTC',
  };
  account.hosting.interceptor = (call, next) => {
    const { Schedule } = call.input as { Schedule?: string };
    if (Schedule === sale.expression && account.time.now >= soon) throw validationException('It is in the past');
    return next();
  };
  account.beforeTask = async (step) => {
    // The call that makes it comes too late.
    if (step === 'RegisterScaling') await account.time.sleep(Math.max(0, soon - 1 - account.time.now));
  };
  const run = await account.rollOut({ request: { scaling: wanting(day, sale) } });
  const warning = expect.stringMatching(/not made again.*: sagemaker-deployer-schedule-sale, at\(/);
  expect(run).toMatchObject({ succeeded: true, outcome: { warnings: [warning] } });
  expect(schedulesOf(account)).toEqual({ ...THEIRS, 'ours: day': kept(day) });
});
