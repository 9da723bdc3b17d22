// `npm run cli -- plan`, as a process of its own, against a deployed stack: it says what the rollout then makes, and changes nothing.
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import type { RolloutPlan } from '../../client/planning/rollout-plan.ts';
import { type DeployedCloud, sharedCloud, UNHURRIED } from './deployed-cloud.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'planned';

let on: DeployedCloud;
/** Begun by the first test: what all begin at once, one machine answers late. */
let begun: ReturnType<typeof planned> | undefined;

beforeAll(async () => {
  on = await sharedCloud();
});

type Json = RolloutPlan & { cost: { perHour: object; withoutPrice: string[] } | null };

function plan(...parameters: string[]): Promise<{ status: number; plan: Json }> {
  const env = { ...process.env, ...on.cloud.env, AWS_MAX_ATTEMPTS: '3' };
  const words = [join(ROOT, 'cli/main.ts'), 'plan', ...parameters, '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, words, { env, cwd: ROOT }, (error, stdout, stderr) => {
      const status = typeof error?.code === 'number' ? error.code : 0;
      try {
        resolve({ status, plan: JSON.parse(stdout) });
      } catch {
        reject(new Error(`plan ${parameters.join(' ')} ended with ${status}: ${stdout} ${stderr}`));
      }
    });
  });
}

const file = (name: string, content: object): string => {
  writeFileSync(join(on.directory, name), JSON.stringify(content));
  return join(on.directory, name);
};

/** At SageMaker and in the bucket. */
async function everythingOf(name: string): Promise<unknown> {
  const Bucket = on.client.stack.bucketName;
  const folders = [`rollouts/${name}/`, `artifacts/${name}/`, `models/${name}/`];
  const objects = await Promise.all(
    folders.map(async (Prefix) => (await on.s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }))).Versions ?? []),
  );
  const hosting = Object.entries(on.cloud.hosting.snapshot()).map(([kind, things]) => [
    kind,
    Object.entries(things).filter(([key]) => key.includes(name)),
  ]);
  return { hosting, objects: objects.flat().map(({ Key, VersionId }) => `${Key} ${VersionId}`) };
}

const once = () => {
  begun ??= planned();
  return begun;
};

async function planned() {
  await on.putUnder(`models/${NAME}/rollout.json`, JSON.stringify(UNHURRIED));
  const first = await plan(on.forest, '--endpoint', NAME);
  const outcome = await on.outcomeOfUpload(on.forest, NAME, 'v1');
  const { EndpointConfigName } = await on.served(NAME);
  const before = await everythingOf(NAME);
  const hosting = { type: 'realtime', instanceType: 'ml.c5.large', instanceCount: 2 };
  const prices = file('prices.json', { currency: 'XTS', 'ml.m5.large': 1, 'ml.c5.large': 2 });
  const update = await plan(file('update.json', { endpointName: NAME, hosting }), '--prices', prices);
  const again = await plan(file('again.json', { endpointName: NAME }));
  const wrong = await plan(file('wrong.json', { endpointName: NAME, hosting: { ...hosting, instanceCount: 1_000 } }));
  return { first, outcome, EndpointConfigName, before, after: await everythingOf(NAME), update, again, wrong };
}

test('a plan of an archive of this machine names the configuration that its upload then makes', async () => {
  const { first, outcome, EndpointConfigName } = await once();
  expect(first).toMatchObject({
    status: 0,
    plan: { verdict: 'proceed', operation: 'create', problems: [], unknown: [] },
  });
  expect(outcome).toMatchObject({ outcome: 'deployed' });
  const made = first.plan.changes.filter(({ kind }) => kind === 'endpointConfig').map(({ name }) => name);
  expect(made).toEqual([EndpointConfigName]);
});

test('plans of what serves: an update with its cost, nothing to do, and a rejection', async () => {
  const { update, again, wrong } = await once();
  expect(update).toMatchObject({ status: 0, plan: { verdict: 'proceed', operation: 'update', unknown: [] } });
  expect(update.plan.cost).toMatchObject({ perHour: { before: 1, after: 4 }, withoutPrice: [] });
  expect(again).toMatchObject({ status: 0, plan: { verdict: 'unchanged', changes: [] } });
  expect(wrong).toMatchObject({ status: 1, plan: { verdict: 'rejected' } });
  expect(wrong.plan.problems.map(({ where }) => where)).toContain('hosting.instanceCount');
});

test('nothing is changed by them', async () => {
  const { before, after } = await once();
  expect(after).toEqual(before);
});
