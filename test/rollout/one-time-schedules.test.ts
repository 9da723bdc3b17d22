// Scaling that an update takes off: everything comes back, but for one-time schedules whose time has passed by then.
import {
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError, validationException } from '../../local/hosting/aws-error.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { LARGER, target } from './iris-scaling.ts';
import { RolloutWorld } from './rollout-world.ts';

const ScalableTargetAction = { MinCapacity: 2, MaxCapacity: 5 };

/** Berlin is an hour ahead of UTC in winter. */
const inBerlin = (instant: number) => `at(${new Date(instant + 3_600_000).toISOString().slice(0, 19)})`;

/** An endpoint whose scaling people have added to: what is due within a minute, in a week, and every morning. */
async function serving() {
  const world = new RolloutWorld();
  expect(await world.rollOut()).toMatchObject({ succeeded: true });
  world.now += 600_000;
  const schedule = (ScheduledActionName: string, Schedule: string) =>
    world.autoScaling.send(
      new PutScheduledActionCommand({
        ...target,
        ScheduledActionName,
        Schedule,
        Timezone: 'Europe/Berlin',
        ScalableTargetAction,
      }),
    );
  await schedule('morning', 'cron(0 8 * * ? *)');
  await schedule('next-week', inBerlin(world.now + 7 * 86_400_000));
  const others = world.alive().scheduledActions;
  const soon = world.now + 60_000;
  await schedule('soon', inBerlin(soon));
  await world.autoScaling.send(
    new RegisterScalableTargetCommand({ ...target, SuspendedState: { DynamicScalingInSuspended: true } }),
  );
  await world.autoScaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'theirs',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: 40,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        DisableScaleIn: true,
      },
    }),
  );
  // AWS refuses what would never run.
  world.hosting.interceptor = (call, next) => {
    const { Schedule } = call.input as { Schedule?: string };
    if (call.operation === 'PutScheduledAction' && Schedule === inBerlin(soon) && world.now >= soon)
      throw validationException('The schedule is in the past');
    return next();
  };
  world.hosting.calls.length = 0;
  return { world, others, soon };
}

const warning = expect.stringMatching(/not made again.*: soon, at\(\S+\) Europe\/Berlin, .*"MinCapacity":2/);

/** Everything but the schedules and our own policy, which the request may change. */
const foreign = ({ alive }: { alive: ReturnType<RolloutWorld['alive']> }) => ({
  scalableTargets: alive.scalableTargets,
  theirs: Object.entries(alive.scalingPolicies).filter(([name]) => name.includes('theirs')),
});

test('an update that succeeds tells which schedule passed meanwhile, and puts back the rest', async () => {
  const { world, others } = await serving();
  const before = foreign({ alive: world.alive() });
  const run = await world.rollOut({ request: { hosting: LARGER } });
  expect(run).toMatchObject({ succeeded: true, outcome: { outcome: 'deployed', warnings: [warning] } });
  expect(world.mutations()).toContain('DeregisterScalableTarget');
  expect(Object.keys(world.alive().scheduledActions)).toEqual(Object.keys(others));
  expect(world.alive().scheduledActions).toEqual(others);
  expect(foreign({ alive: world.alive() })).toEqual(before);
});

test.each([
  ['another instance type', { hosting: LARGER }],
  ['no scaling any more', { scaling: null }],
])('an update to %s that fails is rolled back, and tells it too', async (_name, request) => {
  const { world, others } = await serving();
  const { scheduledActions: _, ...before } = world.alive();
  world.answer = () => ({ status: 500, body: '' });
  const { outcome } = await world.rollOut({
    request: { ...request, verification: 'live', environment: { LEVEL: 'x' } },
  });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', warnings: expect.arrayContaining([warning]), left: [] });
  expect(world.mutations()).toContain('DeregisterScalableTarget');
  expect(world.alive()).toEqual({ ...before, scheduledActions: others });
});

test('a schedule that has passed where scaling stayed on is nobody’s to put back or to tell', async () => {
  const { world } = await serving();
  const before = world.alive();
  world.answer = () => ({ status: 500, body: '' });
  const { outcome } = await world.rollOut({
    request: { scaling: aResolvedRequest().scaling, environment: { LEVEL: 'x' }, verification: 'live' },
  });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [] });
  expect(outcome?.warnings.filter((text) => text.includes('schedule'))).toEqual([]);
  expect(world.alive()).toEqual(before);
});

test('an attempt that breaks off between target and schedules is finished by the next', async () => {
  const { world, others } = await serving();
  const refuse = world.hosting.interceptor;
  const before = foreign({ alive: world.alive() });
  let failures = 0;
  world.hosting.interceptor = (call, next) => {
    if (call.operation === 'PutScheduledAction' && failures++ < 1)
      throw new AwsError('ThrottlingException', 'Slow down');
    return refuse ? refuse(call, next) : next();
  };
  const run = await world.rollOut({ request: { hosting: LARGER } });
  expect(failures).toBeGreaterThan(1);
  expect(run).toMatchObject({ succeeded: true, outcome: { warnings: [warning] } });
  expect(world.alive().scheduledActions).toEqual(others);
  expect(foreign({ alive: world.alive() })).toEqual(before);
});

test('a schedule whose time comes while the scaling is put back is left out after all', async () => {
  const { world, others, soon } = await serving();
  world.beforeTask = (step) => {
    if (step === 'RegisterScaling') world.now = soon - 1;
  };
  const refuse = world.hosting.interceptor;
  world.hosting.interceptor = (call, next) => {
    if (call.operation === 'PutScheduledAction') world.now = Math.max(world.now, soon);
    return refuse ? refuse(call, next) : next();
  };
  const run = await world.rollOut({ request: { hosting: LARGER } });
  expect(run).toMatchObject({ succeeded: true, outcome: { warnings: [warning] } });
  expect(world.alive().scheduledActions).toEqual(others);
});
