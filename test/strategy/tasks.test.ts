// The steps of a guarded update where the world around them does not do as they wish.
import type { FleetAlarm } from '../../lambdas/core/guardrails/fleet-alarms.ts';
import type { MetricQuery } from '../../lambdas/core/guardrails/metric-query.ts';
import type { AlarmState } from '../../lambdas/core/guardrails/strategy-problems.ts';
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { Alarms } from '../../lambdas/ports/alarms.ts';
import type { DeploymentTarget } from '../../lambdas/ports/deployment-target.ts';
import type { Answer, InvocationRequest, Invocations } from '../../lambdas/ports/invocations.ts';
import { createAlarms } from '../../lambdas/tasks/create-alarms.ts';
import { deleteAlarms } from '../../lambdas/tasks/delete-alarms.ts';
import { judgeFleet } from '../../lambdas/tasks/judge-fleet.ts';
import { sendGoldenTraffic } from '../../lambdas/tasks/send-golden-traffic.ts';
import type { LeaseOutput, Planned } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { aVariant } from '../core/a-variant.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aRequest } from '../lease/a-rollout.ts';
import { aDeployment, aPlan, planned as aPlanned, passed } from '../outcome/ends.ts';
import { AccountPorts, NOON } from '../ports/account-ports.ts';
import { unexpected } from '../ports/unexpected.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const SHA = 'd'.repeat(64);
const lease = aLeaseOutput();
const deployment = aDeployment({ startedAt: '2026-01-01T11:50:00.000Z', waitSeconds: 60 });
const cases = {
  cases: [
    { name: 'one', request: { body: [1] }, expect: { status: 200, json: { is: 1 } } },
    { name: 'none', request: { body: 'x' }, expect: { status: '4xx' } },
  ],
};
const guarded: Plan = {
  ...aPlan,
  operation: 'update',
  strategy: {
    traffic: { type: 'canary', canaryPercent: 50, waitSeconds: 300 },
    terminationWaitSeconds: 0,
    maximumExecutionSeconds: null,
  },
  endpointConfig: {
    ...aPlan.endpointConfig,
    variants: [aVariant({ capacity: { ...aResolvedRequest().hosting, instanceCount: 2 } })],
  },
  alarms: { maximumErrorPercent: 5, maximumP99Milliseconds: 100, names: ['orders'] },
};

const aCandidate = { endpointName: 'iris-k-1', endpointConfig: { ...aPlan.endpointConfig, name: 'iris-k-1-c' } };

async function world(change: Partial<Plan> = {}) {
  const { ports } = new AccountPorts();
  const { clock, documents, leases } = ports;
  const goldenCases = await documents.write('golden.json', cases);
  const fleetAlarmNames = realtime.alarms(guarded).map(({ name }) => name);
  const plan: Plan = { ...guarded, goldenCases, fleetAlarmNames, ...change };
  const document = await documents.write('plan.json', plan);
  const facts = { currentVersionId: null, over: new Set<string>() };
  const idle = neverLeased('iris');
  await leases.replace(idle, askForLease(idle, aRequest('rollout-1'), facts).lease);
  const input: { plan: Planned; lease: LeaseOutput } = { plan: { ...aPlanned, document }, lease };
  return { clock, documents, leases, plan, input };
}

function alarmsWith(states: Record<string, AlarmState>): Alarms & { made: FleetAlarm[]; removed: string[] } {
  const made: FleetAlarm[] = [];
  const removed: string[] = [];
  return {
    made,
    removed,
    put: async (alarm) => void made.push(alarm),
    states: async (names) => Object.fromEntries(names.flatMap((name) => (states[name] ? [[name, states[name]]] : []))),
    remove: async (names) => void removed.push(...names),
  };
}

describe('CreateAlarms', () => {
  const unasked: Invocations = {
    invoke: async () => {
      throw new RolloutError('NotReady', 'nothing answers');
    },
  };
  const own = realtime.alarms(guarded).map(({ name }) => [name, 'INSUFFICIENT_DATA' as const]);

  test('makes its own, and all are watched', async () => {
    const { input, ...ports } = await world();
    const alarms = alarmsWith({ ...Object.fromEntries(own), orders: 'OK' });
    const output = await createAlarms({ ...ports, alarms, invocations: unasked })(input);
    expect(output).toEqual({
      made: own.map(([name]) => name),
      watched: [...own.map(([name]) => name), 'orders'],
      servingModelSha256: null,
    });
    expect(alarms.made.map(({ name }) => name)).toEqual(output.made);
    expect(alarms.made.every(({ fleet }) => fleet.endpointConfigName === 'iris-config-2')).toBe(true);
  });

  test.each<[string, Partial<Plan>, number, string | null]>([
    ['one golden request, without a candidate', {}, 1, SHA],
    ['nothing, where a candidate tells', { candidate: { ...aCandidate } }, 0, null],
    ['nothing, without golden cases', { goldenCases: null }, 0, null],
  ])('asks what serves %s, which model it is', async (_name, change, times, named) => {
    const { input, ...ports } = await world(change);
    const alarms = alarmsWith({ ...Object.fromEntries(own), orders: 'OK' });
    const asked: string[] = [];
    const invoke = async (endpointName: string, { body }: InvocationRequest): Promise<Answer> => {
      asked.push(`${endpointName} ${body}`);
      return { status: 200, body: '{"is":9}', latencyMilliseconds: 1, modelSha256: SHA };
    };
    const output = await createAlarms({ ...ports, alarms, invocations: { invoke } })(input);
    expect([asked, output.servingModelSha256]).toEqual([Array(times).fill('iris [1]'), named]);
  });

  test('what may not be asked is told', async () => {
    const { input, ...ports } = await world();
    const alarms = alarmsWith({ ...Object.fromEntries(own), orders: 'OK' });
    const invoke = () => Promise.reject(new RolloutError('AccessDenied', 'no'));
    await expect(createAlarms({ ...ports, alarms, invocations: { invoke } })(input)).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  test.each<[string, Record<string, AlarmState>, string]>([
    ['its own are not visible yet', { orders: 'OK' }, 'NotReady'],
    ["an author's has gone", Object.fromEntries(own), 'AlarmNotUsable'],
    ["an author's is in ALARM", { ...Object.fromEntries(own), orders: 'ALARM' }, 'AlarmNotUsable'],
  ])('%s', async (_name, states, error) => {
    const { input, ...ports } = await world();
    await expect(
      createAlarms({ ...ports, alarms: alarmsWith(states), invocations: unasked })(input),
    ).rejects.toMatchObject({ name: error });
  });

  test('nothing is made or removed once the lease is gone', async () => {
    const { input, ...ports } = await world();
    const alarms = alarmsWith({});
    const lost = { ...input, lease: { ...lease, fencing: 2 } };
    await expect(createAlarms({ ...ports, alarms, invocations: unasked })(lost)).rejects.toMatchObject({
      name: 'LeaseLost',
    });
    await expect(deleteAlarms({ ...ports, alarms })(lost)).rejects.toMatchObject({ name: 'LeaseLost' });
    expect([alarms.made, alarms.removed]).toEqual([[], []]);
  });

  test("DeleteAlarms removes what was made, and not an author's", async () => {
    const { input, ...ports } = await world();
    const alarms = alarmsWith({});
    expect(await deleteAlarms({ ...ports, alarms })(input)).toEqual({ removed: own.map(([name]) => name) });
    expect(alarms.removed).toEqual(own.map(([name]) => name));
  });
});

describe('SendGoldenTraffic', () => {
  const answer = (is: number, modelSha256: string | null = null): Answer => ({
    ...{ status: 200, body: JSON.stringify({ is }), latencyMilliseconds: 1, modelSha256, logStreamArn: null },
  });
  const candidateCanaryInvocations = { ...passed, modelSha256: SHA };
  /** Of a machine that looks by itself. */
  const deploymentTarget = unexpected<DeploymentTarget>('deploymentTarget');

  async function send(invoke: (request: InvocationRequest) => Promise<Answer>, change = {}, plan = {}) {
    const { input, ...ports } = await world(plan);
    const requests: InvocationRequest[] = [];
    const invocations: Invocations = {
      invoke: async (_endpoint, request) => {
        requests.push(request);
        return invoke(request);
      },
    };
    const given = {
      plan: input.plan,
      lease: null,
      deployment,
      candidateCanaryInvocations,
      alarms: null,
      goldenTraffic: null,
      ...change,
    };
    return { requests, output: await sendGoldenTraffic({ ...ports, invocations, deploymentTarget })(given) };
  }

  test('sends positive cases only, as many as the share needs, each with an id of ours', async () => {
    const { requests, output } = await send(async () => answer(1));
    expect(output).toEqual({ sent: 40, failed: 0, compared: 0, wrong: 0, mismatches: [], sentAt: NOON });
    expect(new Set(requests.map(({ body }) => body))).toEqual(new Set(['[1]']));
    const ids = requests.map(({ inferenceId }) => inferenceId!);
    expect(new Set(ids).size).toBe(40);
    expect(ids.every((id) => /^sagemaker-deployer-golden-[0-9a-f]{12}-\d+$/.test(id) && id.length <= 64)).toBe(true);
  });

  test('half a minute, half as many; the account goes on', async () => {
    const goldenTraffic = { sent: 40, failed: 1, compared: 2, wrong: 0, mismatches: [] };
    const { output, requests } = await send(async () => answer(1, SHA), {
      deployment: { ...deployment, waitSeconds: 30 },
      goldenTraffic,
    });
    expect(output).toEqual({ sent: 60, failed: 1, compared: 22, wrong: 0, mismatches: [], sentAt: NOON });
    expect(requests[0]!.inferenceId).toMatch(/-40$/);
  });

  test('compares only what names the new model', async () => {
    let number = 0;
    const { output } = await send(async () => (number++ % 2 === 0 ? answer(2, SHA) : answer(2, 'e'.repeat(64))));
    expect(output).toMatchObject({
      compared: 20,
      wrong: 20,
      mismatches: ['Golden case "one": $.is is 2 instead of 1.'],
    });
  });

  test('compares nothing where nobody knows the digest', async () => {
    const { output } = await send(async () => answer(2, SHA), { candidateCanaryInvocations: null });
    expect(output).toMatchObject({ sent: 40, compared: 0, wrong: 0 });
  });

  test('without a candidate compares what names another model than served before', async () => {
    let number = 0;
    const alarms = { made: [], watched: [], servingModelSha256: 'e'.repeat(64) };
    const { output } = await send(async () => answer(2, number++ % 2 === 0 ? SHA : 'e'.repeat(64)), {
      ...{ candidateCanaryInvocations: null, alarms },
    });
    expect(output).toMatchObject({ sent: 40, compared: 20, wrong: 20 });
  });

  test.each(['Throttled', 'ServiceUnavailable', 'NotReady'] as const)(
    'counts what could not be sent: %s',
    async (name) => {
      const { output } = await send(() => Promise.reject(new RolloutError(name, 'no')));
      expect(output).toMatchObject({ sent: 40, failed: 40 });
    },
  );

  test('fails where it is not allowed, and on our own bugs', async () => {
    await expect(send(() => Promise.reject(new RolloutError('AccessDenied', 'no')))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(send(() => Promise.reject(new TypeError('bug')))).rejects.toBeInstanceOf(TypeError);
  });

  test('stops in time', async () => {
    const { input, ...ports } = await world();
    const invocations: Invocations = {
      invoke: async () => {
        await ports.clock.sleep(30_000);
        return answer(1);
      },
    };
    const nothing = { lease: null, alarms: null, goldenTraffic: null };
    const given = { plan: input.plan, deployment, candidateCanaryInvocations, ...nothing };
    const { sent } = await sendGoldenTraffic({ ...ports, invocations, deploymentTarget })(given);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(10);
  });

  test('without cases sends nothing, and says so', async () => {
    const { output, requests } = await send(async () => answer(1), {}, { goldenCases: null });
    expect(output).toEqual({ sent: 0, failed: 0, compared: 0, wrong: 0, mismatches: [], sentAt: NOON });
    expect(requests).toEqual([]);
  });
});

describe('JudgeFleet', () => {
  const given = { deployment, goldenTraffic: null };
  const counted = (counts: number[]) => {
    const asked: [Date, Date][] = [];
    const values = async (query: MetricQuery, from: Date, to: Date) => {
      expect(query).toMatchObject({ metric: 'Invocations', statistic: 'Sum', periodSeconds: 60 });
      asked.push([from, to]);
      const count = counts[Math.min(asked.length, counts.length) - 1]!;
      return count === 0 ? [] : [1, count - 1];
    };
    return { asked, metrics: { values } };
  };

  test('waits for what CloudWatch does not know yet', async () => {
    const { input, ...ports } = await world();
    const { asked, metrics } = counted([0, 4, 10]);
    expect(await judgeFleet({ ...ports, metrics })({ ...input, ...given })).toEqual({
      verdict: 'passed',
      invocations: 10,
      failure: null,
    });
    expect(asked).toHaveLength(3);
    expect(asked[0]![0].toISOString()).toBe(deployment.startedAt);
    expect(asked[2]![1].getTime() - asked[0]![1].getTime()).toBe(30_000);
  });

  test('but not for ever, and within its function', async () => {
    const { input, ...ports } = await world();
    const began = ports.clock.now().getTime();
    const output = await judgeFleet({ ...ports, metrics: counted([9]).metrics })({ ...input, ...given });
    expect(output).toMatchObject({ verdict: 'failed', invocations: 9, failure: { Error: 'CanaryFailed' } });
    expect(ports.clock.now().getTime() - began).toBeLessThanOrEqual(255_000);
  });

  test('goes back at once where the rollout is asked to stop', async () => {
    const { input, ...ports } = await world();
    const record = (await ports.leases.read('iris'))!;
    await ports.leases.replace(record, { ...record, stopRequestedBy: 'rollback-9' });
    const { asked, metrics } = counted([100]);
    const output = await judgeFleet({ ...ports, metrics })({ ...input, ...given });
    expect(output).toMatchObject({ verdict: 'failed', failure: { Error: 'Stopped' } });
    expect(asked).toEqual([]);
  });
});
