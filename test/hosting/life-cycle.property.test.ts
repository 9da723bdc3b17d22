/** Random calls and leaps in time: whatever happens, a live endpoint answers and statuses follow AWS's edges. */

import type { DescribeEndpointOutput } from '@aws-sdk/client-sagemaker';
import fc from 'fast-check';
import type { LifeCycleFault } from '../../local/hosting/fault-plan.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import { runs } from '../setup/runs.ts';
import { IMAGE, ROLE } from './account.ts';

const EDGES: Record<string, readonly string[]> = {
  None: ['Creating'],
  Creating: ['InService', 'Failed'],
  InService: ['Updating', 'SystemUpdating', 'OutOfService', 'Deleting'],
  Updating: ['InService', 'RollingBack', 'UpdateRollbackFailed'],
  SystemUpdating: ['InService'],
  RollingBack: ['InService'],
  UpdateRollbackFailed: ['Updating', 'Deleting'],
  OutOfService: ['Updating', 'Deleting'],
  Failed: ['Deleting'],
  Deleting: ['Deleted'],
};
const SERVING = ['InService', 'Updating', 'SystemUpdating', 'RollingBack', 'UpdateRollbackFailed'];

const ENDPOINTS = ['iris', 'wine'] as const;
/** Instances of each config's one variant; configs are never the same twice. */
const CONFIGS = { one: 1, two: 2, four: 4 } as const;
const half = { Type: 'CAPACITY_PERCENT', Value: 50 };
const DEPLOYMENTS = {
  default: undefined,
  canary: {
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: half, WaitIntervalInSeconds: 60 },
      TerminationWaitInSeconds: 30,
    },
  },
  rolling: { RollingUpdatePolicy: { MaximumBatchSize: half, WaitIntervalInSeconds: 20 } },
} as const;

type Step =
  | { readonly do: 'call'; readonly operation: string; readonly input: Record<string, unknown> }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'plan'; readonly fault: LifeCycleFault }
  | { readonly do: 'maintain' | 'takeOut'; readonly endpoint: string };

const endpoint = fc.constantFrom(...ENDPOINTS);
const config = fc.constantFrom(...(Object.keys(CONFIGS) as (keyof typeof CONFIGS)[]));
const call = (operation: string, input: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Step> =>
  input.map((given) => ({ do: 'call' as const, operation, input: given }));
const target = (EndpointName: string) => ({
  ServiceNamespace: 'sagemaker',
  ResourceId: `endpoint/${EndpointName}/variant/primary`,
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 900 }).map((seconds): Step => ({ do: 'pass', seconds })) },
  { weight: 3, arbitrary: call('CreateEndpoint', fc.record({ EndpointName: endpoint, EndpointConfigName: config })) },
  {
    weight: 5,
    arbitrary: call(
      'UpdateEndpoint',
      fc.record({
        ...{ EndpointName: endpoint, EndpointConfigName: config, RetainAllVariantProperties: fc.boolean() },
        DeploymentConfig: fc.constantFrom(...Object.values(DEPLOYMENTS)),
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: call(
      'UpdateEndpointWeightsAndCapacities',
      fc.tuple(endpoint, fc.integer({ min: 1, max: 6 })).map(([EndpointName, DesiredInstanceCount]) => ({
        ...{ EndpointName, DesiredWeightsAndCapacities: [{ VariantName: 'primary', DesiredInstanceCount }] },
      })),
    ),
  },
  {
    weight: 2,
    arbitrary: call(
      'RegisterScalableTarget',
      fc.tuple(endpoint, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 })).map(([name, min, more]) => ({
        ...{ ...target(name), MinCapacity: min, MaxCapacity: min + more },
      })),
    ),
  },
  { weight: 1, arbitrary: call('DeregisterScalableTarget', endpoint.map(target)) },
  {
    weight: 1,
    arbitrary: call(
      'DeleteEndpoint',
      endpoint.map((EndpointName) => ({ EndpointName })),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom<LifeCycleFault[]>(
        { kind: 'noCapacity' },
        { kind: 'unhealthy' },
        { kind: 'rolledBack', reason: 'an alarm' },
        { kind: 'rolledBack' },
        { kind: 'rollbackFails' },
        { kind: 'fails', change: 'scale', reason: 'no luck' },
      )
      .map((fault): Step => ({ do: 'plan', fault })),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('maintain', 'takeOut'), endpoint }) as fc.Arbitrary<Step> },
);

/** Simulated accounts differ only in how they cut the time into pieces. */
class World {
  now = 1_000_000;
  readonly fleet = new InProcessFleet();
  readonly hosting = new Hosting({
    now: () => this.now,
    fleet: this.fleet,
    provisioning: ({ endpointName, change }) => 1_000 * (100 + 10 * endpointName.length + change.length),
  });

  /** Error code, or the answer. */
  async call(operation: string, input: object): Promise<{ code?: string; output: DescribeEndpointOutput }> {
    const service = /Scal/.test(operation) && !/Endpoint/.test(operation) ? 'AnyScaleFrontendService' : 'SageMaker';
    const headers = { 'x-amz-target': `${service}.${operation}` };
    const answer = await this.hosting.handle({ method: 'POST', path: '/', headers, body: JSON.stringify(input) });
    const output = JSON.parse(Buffer.from(answer.body).toString());
    return { output, code: answer.statusCode === 200 ? undefined : output.__type };
  }

  async begin(): Promise<this> {
    for (const [name, InitialInstanceCount] of Object.entries(CONFIGS)) {
      await this.call('CreateModel', { ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer: { Image: IMAGE } });
      const variant = { VariantName: 'primary', ModelName: name, InstanceType: 'ml.m5.large', InitialInstanceCount };
      await this.call('CreateEndpointConfig', { EndpointConfigName: name, ProductionVariants: [variant] });
    }
    return this;
  }

  async take(each: Step, pieces: number): Promise<string | undefined> {
    switch (each.do) {
      case 'pass':
        for (let piece = 1, from = this.now; piece <= pieces; piece += 1) {
          this.now = from + Math.round((each.seconds * 1_000 * piece) / pieces);
          this.hosting.advance();
        }
        return undefined;
      case 'plan':
        return void this.hosting.faultPlan.plan(each.fault);
      case 'call':
        return (await this.call(each.operation, each.input)).code;
      default: {
        const { output } = await this.call('DescribeEndpoint', { EndpointName: each.endpoint });
        if (output.EndpointStatus !== 'InService') return undefined;
        if (each.do === 'maintain') this.hosting.systemUpdate(each.endpoint, 60_000);
        else this.hosting.takeOutOfService(each.endpoint, 'taken out');
        return undefined;
      }
    }
  }
}

const REFUSALS = ['ValidationException', 'ObjectNotFoundException', undefined];

async function checkEndpoint(world: World, name: string): Promise<void> {
  const { output: described, code } = await world.call('DescribeEndpoint', { EndpointName: name });
  const alive = [...world.fleet.alive].filter((spec) => spec.endpointName === name).map((spec) => spec.configName);
  const status = described.EndpointStatus!;
  if (code || ['Failed', 'Deleting'].includes(status)) return expect(alive).toEqual([]);
  const pending = described.PendingDeploymentSummary?.EndpointConfigName;
  const request = { method: 'POST', path: `/endpoints/${name}/invocations`, headers: {}, body: '{}' };
  const answer = await world.hosting.handle(request);
  expect(answer.statusCode).toBe(SERVING.includes(status) ? 200 : 400);
  if (SERVING.includes(status)) {
    expect(alive).toContain(described.EndpointConfigName);
    const { model } = JSON.parse(Buffer.from(answer.body).toString());
    const possible = status === 'UpdateRollbackFailed' ? alive : [described.EndpointConfigName, pending];
    expect(possible).toContain(model);
  }
  if (status === 'InService' || status === 'OutOfService') {
    expect(pending).toBeUndefined();
    expect(alive).toEqual([described.EndpointConfigName]);
    const [variant] = described.ProductionVariants!;
    expect(variant!.CurrentInstanceCount).toBe(variant!.DesiredInstanceCount);
  }
  if (pending) expect(alive).toContain(pending);
}

function checkJournal(world: World): void {
  for (const name of ENDPOINTS) {
    const moves = world.hosting.journal.flatMap((entry) =>
      entry.kind === 'status' && entry.endpoint === name ? [entry] : [],
    );
    moves.forEach((move, index) => {
      const before = moves[index - 1];
      expect(EDGES[move.from]).toContain(move.status);
      expect(move.from).toBe(before === undefined || before.status === 'Deleted' ? 'None' : before.status);
      expect(move.at).toBeGreaterThanOrEqual(before?.at ?? 0);
    });
  }
}

test('a live endpoint always answers, from the fleets it should, and its statuses follow the edges', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = await new World().begin();
      for (const each of steps) {
        expect(REFUSALS).toContain(await world.take(each, 1));
        for (const name of ENDPOINTS) await checkEndpoint(world, name);
      }
      checkJournal(world);
    }),
    { numRuns: runs(300) },
  );
}, 60_000);

test('one leap in time and many small steps come to the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 40 }),
      fc.integer({ min: 2, max: 20 }),
      async (steps, pieces) => {
        const leaping = await new World().begin();
        const stepping = await new World().begin();
        for (const each of steps) expect(await stepping.take(each, pieces)).toBe(await leaping.take(each, 1));
        expect(stepping.hosting.snapshot()).toEqual(leaping.hosting.snapshot());
        const moves = ({ hosting }: World, name: string) => hosting.journal.filter((entry) => entry.endpoint === name);
        for (const name of ENDPOINTS) expect(moves(stepping, name)).toEqual(moves(leaping, name));
      },
    ),
    { numRuns: runs(150) },
  );
}, 60_000);

test('the random calls reach every status', async () => {
  const reached = new Set<string>();
  for (const steps of fc.sample(fc.array(step, { minLength: 40, maxLength: 60 }), { numRuns: 60, seed: 1 })) {
    const world = await new World().begin();
    for (const each of steps) await world.take(each, 1);
    for (const entry of world.hosting.journal) if (entry.kind === 'status') reached.add(entry.status);
  }
  expect([...reached].sort()).toEqual([...Object.keys(EDGES).filter((status) => status !== 'None'), 'Deleted'].sort());
});
