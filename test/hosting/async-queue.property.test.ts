/** Drawn arrivals, scaling, updates and losses: every request ends in one way, none is lost, and none ends twice. */

import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { runs } from '../setup/runs.ts';
import { SECOND } from './account.ts';
import { AsyncAccount, asyncConfig, FAILURES, OUTPUT } from './async-account.ts';

interface Asked {
  readonly seconds: number;
  readonly status: number;
  readonly RequestTTLSeconds: number;
  readonly InvocationTimeoutSeconds: number;
}

type Step =
  | ({ readonly do: 'ask' } & Asked)
  | { readonly do: 'pass'; readonly number: number }
  | { readonly do: 'count'; readonly number: number }
  | { readonly do: 'update'; readonly most: number; readonly how: keyof typeof DEPLOYMENTS; readonly fails: boolean }
  | { readonly do: 'lose' };

const half = { Type: 'CAPACITY_PERCENT', Value: 50 } as const;
const DEPLOYMENTS = {
  default: undefined,
  canary: {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: half, WaitIntervalInSeconds: 60 },
    },
  },
  rolling: { RollingUpdatePolicy: { MaximumBatchSize: half, WaitIntervalInSeconds: 20 } },
} as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      seconds: fc.integer({ min: 0, max: 400 }),
      status: fc.constantFrom(200, 200, 200, 400, 500),
      RequestTTLSeconds: fc.constantFrom(60, 300, 21_600),
      InvocationTimeoutSeconds: fc.constantFrom(1, 100, 900),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('pass' as const), number: fc.integer({ min: 1, max: 700 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('count' as const), number: fc.integer({ min: 0, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('update' as const),
      most: fc.integer({ min: 1, max: 3 }),
      how: fc.constantFrom('default' as const, 'canary' as const, 'rolling' as const),
      fails: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'lose' }) },
);

const read = (body: Uint8Array) => Buffer.from(body).toString().split(' ').map(Number) as [number, number];

/** Of one run: what was asked, what was written, and how many expired. */
async function played(steps: readonly Step[], leap: number) {
  const account = new AsyncAccount({
    tookMs: ({ body }) => read(body)[0] * SECOND,
    answer: ({ body }) => ({ status: read(body)[1], body: 'said' }),
  });
  const most = new Map([['iris-1', 2]]);
  await account.queued(asyncConfig(2), { InitialInstanceCount: 2 });
  const asked: (Asked & { id: string; at: number })[] = [];
  const pass = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= leap) await account.after(Math.min(left, leap));
  };
  for (const each of steps) {
    if (each.do === 'ask') {
      const { do: _do, seconds, status, ...limits } = each;
      const id = `r${asked.length}`;
      await account.ask(id, 0, { Body: `${seconds} ${status}`, ...limits });
      asked.push({ ...each, id, at: account.now });
    } else if (each.do === 'pass') await pass(each.number);
    else if (each.do === 'lose') loseIfThere(account);
    else if (each.do === 'count') await account.count(each.number).catch(ifBusy);
    else {
      const config = `iris-${most.size + 1}`;
      most.set(config, each.most);
      await account.config(config, { InitialInstanceCount: 2 }, { AsyncInferenceConfig: asyncConfig(each.most) });
      if (each.fails) account.hosting.faultPlan.plan({ kind: 'rolledBack', change: 'update' });
      await account.update('iris', config, { DeploymentConfig: DEPLOYMENTS[each.how] }).catch(ifBusy);
    }
    const { working } = account.hosting.backlog('iris')!;
    const atOnce = Map.groupBy(working, ({ configName, instance }) => `${configName} ${instance}`);
    for (const requests of atOnce.values())
      expect(requests.length).toBeLessThanOrEqual(most.get(requests[0]!.configName)!);
  }
  await pass(3_600);
  await account.count(2);
  await pass(7 * 3_600);
  expect(account.hosting.backlog('iris')).toEqual({ waiting: [], working: [] });
  return { asked, written: account.store.written.map(({ url }) => url), expired: await expiredOf(account) };
}

const ifBusy = (error: Error) => {
  if (!/in-progress|LinearStepSize|CanarySize|MaximumBatchSize/.test(error.message)) throw error;
};

function loseIfThere(account: AsyncAccount): void {
  try {
    account.hosting.loseInstance('iris');
  } catch {
    // The endpoint is being changed.
  }
}

async function expiredOf(account: AsyncAccount): Promise<number> {
  const Dimensions = [
    { Name: 'EndpointName', Value: 'iris' },
    { Name: 'VariantName', Value: 'primary' },
  ];
  const Metric = { Namespace: 'AWS/SageMaker', MetricName: 'ExpiredRequests', Dimensions };
  const { MetricDataResults } = await account.cloudwatch.send(
    new GetMetricDataCommand({
      ...{ StartTime: new Date(account.now - 86_400 * SECOND), EndTime: new Date(account.now + SECOND) },
      MetricDataQueries: [{ Id: 'expired', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }],
    }),
  );
  return MetricDataResults![0]!.Values!.reduce((sum, value) => sum + value, 0);
}

test('each request has one output, or one failure, or expired; however far time leaps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { asked, written, expired } = await played(steps, 100_000);
      expect(new Set(written).size).toBe(written.length);
      expect(written.length + expired).toBe(asked.length);
      for (const { id, seconds, status, InvocationTimeoutSeconds, RequestTTLSeconds } of asked) {
        const fails = status !== 200 || seconds >= InvocationTimeoutSeconds;
        const [right, wrong] = [`${OUTPUT}/${id}.out`, `${FAILURES}/${id}-error.out`];
        expect(written).not.toContain(fails ? right : wrong);
        if (RequestTTLSeconds === 21_600 && asked.length < 20) expect(written).toContain(fails ? wrong : right);
      }
      expect(await played(steps, 37)).toMatchObject({ written, expired });
    }),
    { numRuns: runs(150) },
  );
}, 300_000);
