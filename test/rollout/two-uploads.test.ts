// Two uploads within a second to an idle endpoint, through the whole machine: one is deployed, one superseded, the newest serves.
import { RolloutWorld, SHA_1, SHA_2 } from './rollout-world.ts';

/** From an upload until its rollout asks for the endpoint. */
const WAY_MILLISECONDS = 1_500;

function uploadIn(world: RolloutWorld, version: string) {
  const lastModified = new Date(Math.floor(world.now / 1000) * 1000).toISOString();
  return world.uploads.put(`models/iris/${version}/model.tar.gz`, version, { lastModified });
}
const modelsMade = ({ hosting }: RolloutWorld) =>
  hosting.calls.filter(({ operation }) => operation === 'CreateModel').length;

/** Rolls the first upload out, and the second as soon as the first is asked to wait. */
async function both(world: RolloutWorld) {
  const first = uploadIn(world, 'v1');
  world.now += 600;
  const second = uploadIn(world, 'v2');
  world.now += WAY_MILLISECONDS;
  let other: ReturnType<RolloutWorld['rollOut']> | undefined;
  world.beforeTask = async (step, { lease }) => {
    if (step !== 'LeaseEndpoint' || lease === null || other !== undefined) return;
    // The second one's event came while the first waited.
    world.now -= (lease as { waitSeconds: number }).waitSeconds * 1000;
    other = world.rollOut({ artifactSha256: SHA_2, upload: second });
    await other;
  };
  const one = await world.rollOut({ artifactSha256: SHA_1, upload: first });
  return [one, await other!] as const;
}

test('a first rollout: the older one makes nothing', async () => {
  const world = new RolloutWorld();
  const [older, newer] = await both(world);
  expect(older.outcome).toMatchObject({ outcome: 'superseded', successor: newer.outcome!.rolloutId });
  expect(older.states.filter((state) => state.endsWith('Lease') || state === 'PlanRollout')).toEqual(['WaitForLease']);
  expect(newer.outcome).toMatchObject({ outcome: 'deployed', verified: 'golden', serving: { artifactSha256: SHA_2 } });
  expect(modelsMade(world)).toBe(1);
  expect((await world.leases.read('iris'))!).toMatchObject({ owner: null, waiting: [], fencing: 1 });
});

test('an update: the endpoint goes from what served to the newest in one step', async () => {
  const world = new RolloutWorld();
  await world.rollOut({ artifactSha256: 'a'.repeat(64) });
  const updates = () => world.hosting.calls.filter(({ operation }) => operation === 'UpdateEndpoint').length;
  world.now += 3_600_000;
  const [older, newer] = await both(world);
  expect([older.outcome?.outcome, newer.outcome?.outcome]).toEqual(['superseded', 'deployed']);
  expect(updates()).toBe(1);
});

test('one upload alone asks twice, waits once, and is deployed', async () => {
  const world = new RolloutWorld();
  const upload = uploadIn(world, 'v1');
  world.now += WAY_MILLISECONDS;
  const { states, outcome } = await world.rollOut({ upload });
  expect(outcome).toMatchObject({ outcome: 'deployed' });
  expect(states.slice(states.indexOf('LeaseEndpoint'), states.indexOf('PlanRollout'))).toEqual([
    ...['LeaseEndpoint', 'Leased?', 'WaitForLease', 'LeaseEndpoint', 'Leased?'],
  ]);
});
