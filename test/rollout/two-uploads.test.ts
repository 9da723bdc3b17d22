// Two uploads within a second to an idle endpoint, through the whole machine: one is deployed, one superseded, the newest serves.
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';

/** From an upload until its rollout asks for the endpoint. */
const WAY_MILLISECONDS = 1_500;

function uploadIn({ s3, time }: RolloutAccount, version: string): Upload {
  const body = Buffer.from(version);
  const { key, versionId, lastModified } = s3.put(`models/iris/${version}/model.tar.gz`, body, {}, time.now);
  const upload = { bucket: PLATFORM.bucketName, key, versionId, sizeBytes: body.length };
  return { ...upload, lastModified: lastModified.toISOString() };
}
const modelsMade = ({ hosting }: RolloutAccount) =>
  hosting.calls.filter(({ operation }) => operation === 'CreateModel').length;

/** Two uploads 0.6 s apart, whose rollouts come as far apart. */
async function both(account: RolloutAccount) {
  const first = uploadIn(account, 'v1');
  await account.pass(600);
  const second = uploadIn(account, 'v2');
  await account.pass(WAY_MILLISECONDS - 600);
  const one = account.begin({ artifactSha256: SHA_1, upload: first });
  await account.pass(600);
  const other = account.begin({ artifactSha256: SHA_2, upload: second });
  return [await account.endOf(one), await account.endOf(other)] as const;
}

test('a first rollout: the older one makes nothing', async () => {
  const account = new RolloutAccount();
  const [older, newer] = await both(account);
  expect(older.outcome).toMatchObject({ outcome: 'superseded', successor: newer.outcome!.rolloutId });
  expect(older.states.filter((state) => state.endsWith('Lease') || state === 'PlanRollout')).toEqual(['WaitForLease']);
  expect(newer.outcome).toMatchObject({ outcome: 'deployed', verified: 'golden', serving: { artifactSha256: SHA_2 } });
  expect(modelsMade(account)).toBe(1);
  expect(account.dynamoDb.partitions.get('lease')?.get('iris')).toMatchObject({ owner: null, waiting: [], fencing: 1 });
});

test('an update: the endpoint goes from what served to the newest in one step', async () => {
  const account = new RolloutAccount();
  await account.rollOut({ artifactSha256: 'a'.repeat(64) });
  const updates = () => account.hosting.calls.filter(({ operation }) => operation === 'UpdateEndpoint').length;
  await account.pass(3_600_000);
  const [older, newer] = await both(account);
  expect([older.outcome?.outcome, newer.outcome?.outcome]).toEqual(['superseded', 'deployed']);
  expect(updates()).toBe(1);
});

test('one upload alone asks twice, waits once, and is deployed', async () => {
  const account = new RolloutAccount();
  const upload = uploadIn(account, 'v1');
  await account.pass(WAY_MILLISECONDS);
  const { states, outcome } = await account.rollOut({ upload });
  expect(outcome).toMatchObject({ outcome: 'deployed' });
  expect(states.slice(states.indexOf('LeaseEndpoint'), states.indexOf('PlanRollout'))).toEqual([
    ...['LeaseEndpoint', 'Leased?', 'WaitForLease', 'LeaseEndpoint', 'Leased?'],
  ]);
});
