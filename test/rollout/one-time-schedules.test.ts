// Scaling that an update takes off: everything comes back, but for one-time schedules whose time has passed by then.
import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError, validationException } from '../../local/hosting/aws-error.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { LARGER, target } from './iris-scaling.ts';
import { RolloutAccount } from './rollout-account.ts';

const ScalableTargetAction = { MinCapacity: 2, MaxCapacity: 5 };

/** Berlin is an hour ahead of UTC in winter. */
const inBerlin = (instant: number) => `at(${new Date(instant + 3_600_000).toISOString().slice(0, 19)})`;

/** Some seconds after RegisterScaling begins: candidate, its deletion and the update take five minutes each. */
const DUE_AS_SCALING_COMES_BACK = 15 * 60_000 + 30_000;

/** An endpoint whose scaling people have added to: what is due within a minute, in a week, and every morning. */
async function serving(dueMilliseconds = 60_000) {
  const account = new RolloutAccount();
  expect(await account.rollOut()).toMatchObject({ succeeded: true });
  await account.pass(600_000);
  const schedule = (ScheduledActionName: string, Schedule: string) =>
    account.clients.autoScaling.send(
      new PutScheduledActionCommand({
        ...target,
        ScheduledActionName,
        Schedule,
        Timezone: 'Europe/Berlin',
        ScalableTargetAction,
      }),
    );
  await schedule('morning', 'cron(0 8 * * ? *)');
  await schedule('next-week', inBerlin(account.time.now + 7 * 86_400_000));
  const others = account.alive().scheduledActions;
  const soon = account.time.now + dueMilliseconds;
  await schedule('soon', inBerlin(soon));
  await account.clients.autoScaling.send(
    new RegisterScalableTargetCommand({ ...target, SuspendedState: { DynamicScalingInSuspended: true } }),
  );
  await account.clients.autoScaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'theirs',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 40,
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
        },
        DisableScaleIn: true,
      },
    }),
  );
  // AWS refuses what would never run.
  account.hosting.interceptor = (call, next) => {
    const { Schedule } = call.input as { Schedule?: string };
    if (call.operation === 'PutScheduledAction' && Schedule === inBerlin(soon) && account.time.now >= soon)
      throw validationException('The schedule is in the past');
    return next();
  };
  account.hosting.calls.length = 0;
  return { account, others, soon };
}

const warning = expect.stringMatching(/not made again.*: soon, at\(\S+\) Europe\/Berlin, .*"MinCapacity":2/);

/** Everything but the schedules and our own policy, which the request may change. */
const foreign = ({ alive }: { alive: ReturnType<RolloutAccount['alive']> }) => ({
  scalableTargets: alive.scalableTargets,
  theirs: Object.entries(alive.scalingPolicies).filter(([name]) => name.includes('theirs')),
});

test('an update that succeeds tells which schedule passed meanwhile, and puts back the rest', async () => {
  const { account, others } = await serving();
  const before = foreign({ alive: account.alive() });
  const run = await account.rollOut({ request: { hosting: LARGER } });
  expect(run).toMatchObject({ succeeded: true, outcome: { outcome: 'deployed', warnings: [warning] } });
  expect(account.mutations()).toContain('DeregisterScalableTarget');
  expect(Object.keys(account.alive().scheduledActions)).toEqual(Object.keys(others));
  expect(account.alive().scheduledActions).toEqual(others);
  expect(foreign({ alive: account.alive() })).toEqual(before);
});

test.each([
  ['another instance type', { hosting: LARGER }],
  ['no scaling any more', { scaling: null }],
])('an update to %s that fails is rolled back, and tells it too', async (_name, request) => {
  const { account, others } = await serving();
  const { scheduledActions: _, ...before } = account.alive();
  account.answer = () => ({ status: 500, body: '' });
  const { outcome } = await account.rollOut({
    request: { ...request, verification: 'live', environment: { LEVEL: 'x' } },
  });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', warnings: expect.arrayContaining([warning]), left: [] });
  expect(account.mutations()).toContain('DeregisterScalableTarget');
  expect(account.alive()).toEqual({ ...before, scheduledActions: others });
});

test('a schedule that has passed where scaling stayed on is nobody’s to put back or to tell', async () => {
  const { account } = await serving();
  const before = account.alive();
  account.answer = () => ({ status: 500, body: '' });
  const { outcome } = await account.rollOut({
    request: { scaling: aResolvedRequest().scaling, environment: { LEVEL: 'x' }, verification: 'live' },
  });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(outcome?.warnings.filter((text) => text.includes('schedule'))).toEqual([]);
  expect(account.alive()).toEqual(before);
});

test('an attempt that breaks off between target and schedules is finished by the next', async () => {
  const { account, others } = await serving();
  const refuse = account.hosting.interceptor;
  const before = foreign({ alive: account.alive() });
  let failures = 0;
  account.hosting.interceptor = (call, next) => {
    if (call.operation === 'PutScheduledAction' && failures++ < 1)
      throw new AwsError('ThrottlingException', 'Slow down');
    return refuse ? refuse(call, next) : next();
  };
  const run = await account.rollOut({ request: { hosting: LARGER } });
  expect(failures).toBeGreaterThan(1);
  expect(run).toMatchObject({ succeeded: true, outcome: { warnings: [warning] } });
  expect(account.alive().scheduledActions).toEqual(others);
  expect(foreign({ alive: account.alive() })).toEqual(before);
});

test('a schedule whose time comes while the scaling is put back is left out after all', async () => {
  const { account, others, soon } = await serving(DUE_AS_SCALING_COMES_BACK);
  let waited = 0;
  account.beforeTask = async (step) => {
    if (step !== 'RegisterScaling') return;
    // The next call that it makes comes too late.
    waited = soon - 1 - account.time.now;
    await account.time.sleep(waited);
  };
  const run = await account.rollOut({ request: { hosting: LARGER } });
  expect(waited).toBeGreaterThan(0);
  expect(run).toMatchObject({ succeeded: true, outcome: { warnings: [warning] } });
  expect(account.alive().scheduledActions).toEqual(others);
});
