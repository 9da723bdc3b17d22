// Updates of live endpoints, with real inference servers: under load, of broken models, stopped in the middle, twice at once,
// taken back, retired. What takes long (a container has a minute to start) begins first and is looked at last.
import { setTimeout as sleep } from 'node:timers/promises';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ListExecutionsCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { runs } from '../setup/runs.ts';
import { type DeployedCloud, FLOWERS, KINDS, sharedCloud } from './deployed-cloud.ts';
import { slowed, unanswering, untriable, withWrongGoldenCases } from './packed-iris.ts';

/** At least as many are sent while the endpoint is updated and afterwards. */
const REQUESTS = runs(10_000);
let on: DeployedCloud;
let forest: string;
let boosting: string;
/** Begun at the beginning, by endpoint. */
const begun: Record<string, Promise<Ended>> = {};

interface Ended {
  before: Alive;
  after: Alive;
  modifiedBetween: boolean;
  deployed: Outcome;
  outcome: Outcome;
}

beforeAll(async () => {
  on = await sharedCloud();
  ({ forest, boosting } = on);
  begun.stopped = afterDeployment('stopped', {}, stopInTheMiddle);
  const startup = { hosting: { type: 'realtime', startupTimeoutSeconds: 60 } };
  begun.unanswering = afterDeployment('unanswering', startup, () =>
    on.outcomeOfUpload(unanswering(forest), 'unanswering', 'v2'),
  );
  for (const ended of Object.values(begun)) ended.catch(() => {});
});

/** All that is alive of one endpoint: itself, its models, configurations, candidates, scaling and alarms. */
function alive(endpointName: string) {
  const of = (things: Record<string, object>) =>
    Object.fromEntries(Object.entries(things).filter(([name]) => name.includes(endpointName)));
  return Object.fromEntries(Object.entries(on.cloud.hosting.snapshot()).map(([kind, things]) => [kind, of(things)]));
}
type Alive = ReturnType<typeof alive>;

/** Deploys the forest, with the manifest's settings, then does something else; what was there before and after it. */
async function afterDeployment(endpointName: string, manifest: object, then: () => Promise<Outcome>): Promise<Ended> {
  await on.putUnder(`models/${endpointName}/rollout.json`, JSON.stringify(manifest));
  const deployed = await on.outcomeOfUpload(forest, endpointName, 'v1');
  expect(deployed).toMatchObject({ outcome: 'deployed' });
  const before = alive(endpointName);
  const { LastModifiedTime: modified } = await on.served(endpointName);
  const outcome = await then();
  const { LastModifiedTime } = await on.served(endpointName);
  const modifiedBetween = LastModifiedTime?.getTime() !== modified?.getTime();
  return { before, after: alive(endpointName), modifiedBetween, deployed, outcome };
}

/** An update of the endpoint `stopped`, aborted while SageMaker changes the live endpoint; the outcome that the sweeper brings. */
async function stopInTheMiddle(): Promise<Outcome> {
  const upload = await on.client.upload(boosting, { endpointName: 'stopped', version: 'v2' });
  const executionArn = await on.client.findExecution(upload, { pollSeconds: 0.1 });
  while ((await on.served('stopped')).EndpointStatus !== 'Updating') await sleep(20);
  await on.sfn.send(new StopExecutionCommand({ executionArn: executionArn!, cause: 'for a test' }));
  for (;;) {
    const outcome = await on.client.outcome(upload);
    if (outcome !== null) return outcome;
    await sleep(500);
  }
}

test('an update under continuous load answers every request', async () => {
  const first = await on.outcomeOfUpload(forest, 'busy', 'v1');
  expect(first).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  const answered: Record<string, number> = {};
  const failures: string[] = [];
  let sent = 0;
  let updating = true;
  const caller = async () => {
    while (updating || sent < REQUESTS) {
      // Enough to meet every moment of the update, and little enough to leave it a processor.
      await sleep(10);
      const index = sent++ % FLOWERS.length;
      try {
        const { kinds, answeredBy } = await on.ask('busy', [FLOWERS[index]!]);
        if (kinds[0] !== KINDS[index]) failures.push(`${KINDS[index]} was called ${kinds[0]}`);
        answered[answeredBy] = (answered[answeredBy] ?? 0) + 1;
      } catch (error) {
        failures.push(String(error));
      }
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  const updated = await on.outcomeOfUpload(boosting, 'busy', 'v2');
  updating = false;
  await Promise.all(callers);
  expect(updated).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  expect(failures.slice(0, 5)).toEqual([]);
  expect(sent).toBeGreaterThanOrEqual(REQUESTS);
  // Both models have answered, under load.
  expect(Object.keys(answered)).toHaveLength(2);
  for (const count of Object.values(answered)) expect(count).toBeGreaterThan(100);
});

test('of two uploads within a second that wait, one is deployed and one superseded; the newest serves', async () => {
  const { client } = on;
  // Its verification alone takes ten seconds: time for two uploads to be inspected.
  const first = await client.upload(slowed(forest), { endpointName: 'twice', version: 'v0' });
  const running = (await client.findExecution(first, { pollSeconds: 0.1 }))!;
  while ((await client.lease('twice'))?.owner == null) await sleep(50);
  const uploads = await Promise.all(
    [forest, boosting].map((file, index) => client.upload(file, { endpointName: 'twice', version: `v${index + 1}` })),
  );
  const outcomes = await Promise.all(
    uploads.map(async (upload) => on.outcomeOf((await client.findExecution(upload, { pollSeconds: 0.2 }))!)),
  );
  expect(await on.outcomeOf(running)).toMatchObject({ outcome: 'deployed' });
  // S3 says whole seconds: within one, who asked first for the endpoint is the older.
  const deployed = outcomes.find(({ outcome }) => outcome === 'deployed')!;
  const other = outcomes.find((outcome) => outcome !== deployed)!;
  expect(other).toMatchObject({ outcome: 'superseded', successor: deployed.rolloutId });
  expect(deployed.upload!.lastModified >= other.upload!.lastModified).toBe(true);
  expect(await on.served('twice')).toMatchObject({ EndpointConfigName: deployed.serving!.endpointConfigName });
  expect(await client.lease('twice')).toMatchObject({ owner: null, waiting: [] });
});

test('of two uploads within a second to an idle endpoint, one is deployed and one superseded; the newest serves', async () => {
  const { client } = on;
  const again = slowed(forest);
  const before = await on.outcomeOfUpload(forest, 'idle', 'v0');
  expect(before).toMatchObject({ outcome: 'deployed' });
  expect(await client.lease('idle')).toMatchObject({ owner: null, waiting: [] });
  const outcomesOf = async (attempt: number) => {
    // The second is never what serves already.
    const [one, other] = attempt % 2 === 1 ? [boosting, again] : [again, boosting];
    const uploads = [
      await client.upload(one, { endpointName: 'idle', version: `v${attempt}-1` }),
      await client.upload(other, { endpointName: 'idle', version: `v${attempt}-2` }),
    ];
    const executions = await Promise.all(
      uploads.map(async (upload) => (await client.findExecution(upload, { pollSeconds: 0.1 }))!),
    );
    return Promise.all(executions.map(on.outcomeOf));
  };
  // On a busy machine the second may take longer to its question than the first settles: then both are deployed.
  let outcomes = await outcomesOf(1);
  for (let attempt = 2; attempt <= 3 && outcomes.every(({ outcome }) => outcome === 'deployed'); attempt++)
    outcomes = await outcomesOf(attempt);
  if (outcomes.every(({ outcome }) => outcome === 'deployed')) {
    const { serving } = outcomes[1]!;
    expect(await on.served('idle')).toMatchObject({ EndpointConfigName: serving!.endpointConfigName });
    return;
  }
  const deployed = outcomes.find(({ outcome }) => outcome === 'deployed')!;
  const superseded = outcomes.find((outcome) => outcome !== deployed)!;
  expect(superseded).toMatchObject({ outcome: 'superseded', successor: deployed.rolloutId });
  expect(deployed.upload!.lastModified >= superseded.upload!.lastModified).toBe(true);
  expect(await on.served('idle')).toMatchObject({ EndpointConfigName: deployed.serving!.endpointConfigName });
  const released = (await client.releases('idle')).map(({ rolloutId }) => rolloutId);
  expect(released[0]).toBe(deployed.rolloutId);
  expect(released).not.toContain(superseded.rolloutId);
  expect(await client.lease('idle')).toMatchObject({ owner: null, waiting: [], stopRequestedBy: null });
});

test('a model with wrong answers, and a slow one, never reach the live endpoint', async () => {
  const canaryInvocations = { requests: 10, maximumP99Milliseconds: 1 };
  const [wrong, slow] = await Promise.all([
    afterDeployment('wrong', {}, () => on.outcomeOfUpload(withWrongGoldenCases(untriable(boosting)), 'wrong', 'v2')),
    afterDeployment('slow', {}, async () => {
      await on.putUnder('models/slow/rollout.json', JSON.stringify({ canaryInvocations }));
      return on.outcomeOfUpload(slowed(forest), 'slow', 'v2');
    }),
  ]);
  expectUntouched(wrong);
  expect(wrong.outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
  expect(wrong.outcome.explanation).toMatchObject({ cause: 'wrongAnswers', summary: expect.stringContaining('tulip') });
  expectUntouched(slow);
  expect(slow.outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed' });
  expect(slow.outcome.explanation).toMatchObject({ cause: 'tooSlow', summary: expect.stringMatching(/\b1\b/) });
});

test('the event of an upload comes twice: nothing changes', async () => {
  const before = alive('busy');
  const [newest] = await on.client.releases('busy');
  const again = await announced(newest!.upload!.key);
  expect(again).toMatchObject({
    outcome: 'unchanged',
    verified: 'golden',
    serving: { artifactSha256: newest!.variants[0]!.artifactSha256 },
  });
  expect(alive('busy')).toEqual(before);
});

test('back to the release before, by one call and one execution; what was taken back does not come again', async () => {
  const [newest, before] = await on.client.releases('busy');
  const labelled = await on.outcomeOfRequest({ endpointName: 'busy', tags: { season: 'winter' } });
  expect(labelled).toMatchObject({ outcome: 'deployed', change: { model: false } });
  const executions = await countExecutions();
  const { executionArn } = await on.client.rollBack('busy');
  const outcome = await on.outcomeOf(executionArn);
  expect(outcome).toMatchObject({ action: 'rollback', outcome: 'deployed', verified: 'golden' });
  // The settings of its release too.
  expect(outcome.change).toMatchObject({
    model: true,
    settings: expect.arrayContaining([{ setting: 'tags.season', from: '"winter"', to: null }]),
  });
  expect(outcome.serving).toMatchObject({ artifactSha256: before!.variants[0]!.artifactSha256 });
  expect((await on.ask('busy')).kinds).toEqual(KINDS);
  expect(await countExecutions()).toBe(executions + 1);

  expect(await announced(newest!.upload!.key)).toMatchObject({ outcome: 'superseded', successor: outcome.rolloutId });
  expect((await on.served('busy')).EndpointConfigName).toBe(outcome.serving!.endpointConfigName);
});

test('a model that answers no row is never healthy, never reaches the live endpoint, and its log says why', async () => {
  const ended = await begun.unanswering!;
  expectUntouched(ended);
  expect(ended.outcome).toMatchObject({ outcome: 'rolledBack', error: 'DeploymentFailed' });
  expect(ended.outcome.explanation).toMatchObject({
    cause: 'modelRefused',
    evidence: expect.arrayContaining([expect.stringContaining('It can be loaded, but answers none of')]),
  });
});

test('an execution stopped in the middle of an update is taken back by the sweeper', async () => {
  const { before, after, deployed, outcome } = await begun.stopped!;
  expect(outcome).toMatchObject({
    outcome: 'rolledBack',
    error: 'Stopped',
    recoveredBy: expect.stringMatching(/^recover-/),
    left: [],
    serving: deployed.serving,
  });
  expect(after).toEqual(before);
  expect((await on.ask('stopped')).kinds).toEqual(KINDS);
  expect(await on.client.lease('stopped')).toMatchObject({ owner: null, waiting: [] });
});

test('a retirement deletes the endpoint with all that belongs to it', async () => {
  const { executionArn } = await on.client.retireEndpoint('busy');
  expect(await on.outcomeOf(executionArn)).toMatchObject({ action: 'retireEndpoint', outcome: 'retired' });
  await expect(on.served('busy')).rejects.toThrow('Could not find endpoint');
  expect(Object.values(alive('busy')).flatMap((things) => Object.keys(things))).toEqual([]);
  expect(await artifactsOf('busy')).toEqual([]);
  expect(await artifactsOf('stopped')).not.toEqual([]);
});

function expectUntouched({ before, after, modifiedBetween, deployed, outcome }: Ended): void {
  expect(after).toEqual(before);
  expect(modifiedBetween).toBe(false);
  expect(outcome.serving).toEqual(deployed.serving);
}

/** The keys that are current. */
async function artifactsOf(endpointName: string): Promise<string[]> {
  const Prefix = `artifacts/${endpointName}/`;
  const page = await on.s3.send(new ListObjectsV2Command({ Bucket: on.client.stack.bucketName, Prefix }));
  return (page.Contents ?? []).map(({ Key }) => Key ?? '');
}

async function countExecutions(): Promise<number> {
  const { stateMachineArn } = on.client.stack;
  let count = 0;
  let nextToken: string | undefined;
  do {
    const page = await on.sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 100, nextToken }));
    count += page.executions?.length ?? 0;
    nextToken = page.nextToken;
  } while (nextToken);
  return count;
}

/** The event of an upload, once more. */
async function announced(key: string): Promise<Outcome> {
  const detail = { bucket: { name: on.client.stack.bucketName }, object: { key } };
  const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail };
  return on.outcomeOfRequest(event as never);
}
