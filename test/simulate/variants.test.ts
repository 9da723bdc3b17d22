// Several variants: what the rules of the simulation see of them, and a wait that once went round too often.
import { catalogue } from '../../simulate/suites/catalogue.ts';
import { play, stage } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { SituationName } from '../../simulate/world/situations.ts';

async function played(situation: SituationName) {
  const { stack, evidence, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await stack.settle();
  const [endpoint] = Object.values(stack.account.hosting.snapshot().endpoints).filter(
    (each) => (each as { EndpointName: string }).EndpointName === 'iris',
  );
  const { ProductionVariants: variants = [] } = endpoint as {
    ProductionVariants?: { VariantName: string; CurrentWeight: number; CurrentInstanceCount: number }[];
  };
  const live = variants
    .map((each) => [each.VariantName, each.CurrentWeight, each.CurrentInstanceCount])
    .sort(([one], [other]) => String(one).localeCompare(String(other)));
  return { evidence, live, calls: stack.account.calls };
}

const moves = ({ calls }: Awaited<ReturnType<typeof played>>) =>
  calls
    .filter(({ operation, tookEffect }) => operation === 'UpdateEndpointWeightsAndCapacities' && tookEffect)
    .map(({ by }) => by.of.name);

test('shares move in one step, once there is room for them', async () => {
  const run = await played('weights');
  expect(moves(run)).toEqual(['ShiftWeights', 'ShiftWeights']);
  expect(run.live).toEqual([
    ['challenger', 50, 2],
    ['champion', 50, 3],
  ]);
  expect(run.evidence.traffic.allBefore.get('iris')).toBe(4);
  expect(run.evidence.traffic.lowestOfAll.get('iris')).toBe(4);
});

test('an alarm in the middle of the way puts the weights back', async () => {
  const run = await played('weightsInStepsAlarm');
  expect(moves(run)).toContain('RollBack');
  expect(run.live.map(([name, weight]) => [name, weight])).toEqual([
    ['challenger', 10],
    ['champion', 90],
  ]);
});

test('variants come and go', async () => {
  const names = async (situation: SituationName) => (await played(situation)).live.map(([name]) => name);
  expect(await names('addVariant')).toEqual(['challenger', 'champion', 'newcomer']);
  expect(await names('removeVariant')).toEqual(['champion']);
});

test('golden requests that nobody answers are not sent once a second until the deadline', async () => {
  const only = 'fault weightsInSteps: SendVariantTraffic sagemaker-runtime:InvokeEndpoint #1 throttled forEver';
  const [scenario] = await catalogue({ seed: 1, pairs: 0, only });
  expect((await play(engineAsItIs(), scenario!, 1)).violations).toEqual([]);
}, 60_000);
