// Every way of hosting, as `npm run hosting-types` plays it: with real servers, up, changed, rolled back and retired.
import { PassThrough } from 'node:stream';
import { HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { progress } from '../../cli/terminal/progress.ts';
import { localClients } from '../../local/first-run/local-clients.ts';
import { underLoad } from '../../local/hosting-types/load.ts';
import { type Played, play, type World } from '../../local/hosting-types/play.ts';
import type { HostingTypeName } from '../../local/hosting-types/types.ts';
import { sharedCloud } from './deployed-cloud.ts';

/** Enough for each share to be told from another: the command sends ten thousand. */
const REQUESTS = 3_000;
const NAMES = ['variants', 'network', 'serverless', 'async'] as const satisfies HostingTypeName[];

let world: World;
const begun: Partial<Record<HostingTypeName, Promise<Played>>> = {};
let load: Omit<Awaited<ReturnType<typeof underLoad>>, 'problems'> | undefined;

beforeAll(async () => {
  const on = await sharedCloud();
  const silent = progress(new PassThrough().resume());
  const archives = { 'random-forest': on.forest, 'gradient-boosting': on.boosting };
  const clients = localClients(on.cloud.env);
  const { signal } = new AbortController();
  world = { ...on, deployer: on.client, clients, archives, progress: silent, signal };
  begun.network = play(world, 'network');
  begun.async = play(world, 'async');
  begun.serverless = play(world, 'serverless');
  begun.variants = play(world, 'variants', async (endpointName) => {
    const { problems, ...found } = await underLoad(world, endpointName, REQUESTS);
    load = found;
    return problems;
  });
  for (const played of Object.values(begun)) played.catch(() => {});
});

afterAll(() => {
  world?.progress.stop();
  world?.clients.destroy();
});

test.each(NAMES)(
  'an endpoint of the kind %s is deployed, updated, rolled back and retired, and nothing is left',
  async (name) => {
    const { seconds: _, ...played } = await begun[name]!;
    const all = { deployed: true, updated: true, rolledBack: true, retired: true };
    expect(played).toEqual({ ...all, leftovers: 0, problems: [] });
  },
);

test('an asynchronous endpoint writes its answers with the key that was asked for, from then on', async () => {
  await begun.async;
  const { clients, deployer, network } = world;
  const Bucket = deployer.stack.bucketName;
  const Prefix = 'async/ht-async/output/';
  const { Contents = [] } = await clients.s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  const keys = await Promise.all(
    Contents.map(async ({ Key }) => (await clients.s3.send(new HeadObjectCommand({ Bucket, Key }))).SSEKMSKeyId),
  );
  // Before the update that asks for it there was none.
  expect(new Set(keys)).toEqual(new Set([undefined, network!.key]));
});

test('no request fails while the weights of two variants move and one gets a new model, and each gets its share', async () => {
  await begun.variants;
  expect(load).toMatchObject({ failed: 0, shares: [{ weights: '9/1' }, { weights: '1/1' }, { weights: '9/1' }] });
  expect(load!.requests).toBeGreaterThanOrEqual(REQUESTS);
});
