// Several production variants as people ask for them: requests and uploads, through the whole machine.
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import type { Execution } from '../../simulate/engine/execution.ts';
import { archive } from '../../simulate/world/archives.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { ENDPOINT, stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

const canaryInvocations = { requests: 2 };
const uri = (key: string) => `s3://${PLATFORM.bucketName}/${key}`;

async function stage() {
  const stack = await stackWith('serving', { ...engineAsItIs(), seed: 1 });
  const { account } = stack;
  const clients = new Clients((service, operation, input) => account.perform({ service, operation, input }));
  const upload = async (kind: 'good' | 'wrong', number: number, key: string, delays: number[] = []) => {
    stack.upload(key, await archive(kind, number), delays);
  };
  /** What the rollout of a request says at its end. */
  const ask = async (request: object): Promise<Outcome | undefined> => {
    const execution: Execution = stack.request({ endpointName: ENDPOINT, ...request } as never);
    await stack.settle();
    return account.announced.find(({ rolloutId }) => rolloutId === execution.name);
  };
  const live = async () => {
    const { ProductionVariants = [] } = await clients.sageMaker.send(
      new DescribeEndpointCommand({ EndpointName: ENDPOINT }),
    );
    return Object.fromEntries(ProductionVariants.map((each) => [each.VariantName, each.CurrentWeight]));
  };
  return { stack, upload, ask, live };
}

const challenger = { name: 'challenger', weight: 1, model: { s3Uri: uri('models/iris/challenger/v1/model.tar.gz') } };
const AB = { canaryInvocations, variants: [{ name: 'primary', weight: 3 }, challenger] };

test('a challenger comes beside what serves, gets more, gets a new model by an upload, and goes again', async () => {
  const { stack, upload, ask, live } = await stage();
  await upload('good', 2, 'models/iris/challenger/v1/model.tar.gz');
  expect(await ask(AB)).toMatchObject({ outcome: 'deployed', error: null });
  expect(await live()).toEqual({ primary: 3, challenger: 1 });

  const more = { variants: [{ name: 'primary' }, { name: 'challenger', weight: 3 }] };
  expect(await ask(more)).toMatchObject({
    ...{ outcome: 'deployed', change: { model: false } },
    serving: {
      variants: [
        { name: 'challenger', weight: 3 },
        { name: 'primary', weight: 3 },
      ],
    },
  });
  expect(await live()).toEqual({ primary: 3, challenger: 3 });
  expect(await ask({})).toMatchObject({ outcome: 'unchanged' });

  await upload('good', 4, 'models/iris/challenger/v2/model.tar.gz', [1_000]);
  await stack.settle();
  const outcome = stack.account.announced.at(-1)!;
  expect(outcome).toMatchObject({ outcome: 'deployed', verified: 'golden', serving: { variants: [{}, {}] } });
  expect(await live()).toEqual({ primary: 3, challenger: 3 });

  expect(await ask({ action: 'rollback' })).toMatchObject({ outcome: 'deployed' });
  expect(await ask({ variants: [{ name: 'challenger' }] })).toMatchObject({ outcome: 'deployed' });
  expect(Object.keys(await live())).toEqual(['challenger']);
  expect(await ask({ action: 'rollback' })).toMatchObject({ outcome: 'deployed' });
  expect(Object.keys(await live())).toEqual(['challenger', 'primary']);
  expect(await ask({ action: 'retireEndpoint' })).toMatchObject({ outcome: 'retired' });
});

test('an execution that is stopped while weights move is finished: they are as before', async () => {
  const { stack, upload, ask, live } = await stage();
  await upload('good', 2, 'models/iris/challenger/v1/model.tar.gz');
  await ask(AB);
  const { account } = stack;
  account.watch = (execution, moment, state) => {
    if (moment !== 'entering' || state !== 'WaitForWeights' || account.hosting.journal.length === 0) return;
    const asked = account.hosting.calls.some(({ operation }) => operation === 'UpdateEndpointWeightsAndCapacities');
    if (!asked || stack.aborted.length > 0) return;
    stack.aborted.push(execution);
    execution.stop();
  };
  account.hosting.calls.length = 0;
  const outcome = await ask({ variants: [{ name: 'primary' }, { name: 'challenger', weight: 9 }] });
  expect(stack.aborted).toHaveLength(1);
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'Stopped' });
  expect(await live()).toEqual({ primary: 3, challenger: 1 });
});

test('a repeated event does not bring back what the model of another variant took the place of', async () => {
  const { stack, upload, ask, live } = await stage();
  await upload('good', 2, 'models/iris/challenger/v1/model.tar.gz');
  await ask(AB);
  await upload('good', 4, 'models/iris/primary/v2/model.tar.gz', [1_000]);
  await stack.settle();
  const promoted = await ask({ model: challenger.model, variants: [{ name: 'primary' }] });
  expect([promoted?.outcome, await live()]).toEqual(['deployed', { primary: 3 }]);
  stack.tell('models/iris/primary/v2/model.tar.gz');
  await stack.settle();
  expect(stack.account.announced.at(-1)).toMatchObject({ outcome: 'superseded', successor: promoted?.rolloutId });
});

test('weights move, however small they are', async () => {
  const { upload, ask, live } = await stage();
  await upload('good', 2, 'models/iris/challenger/v1/model.tar.gz');
  const weighted = (primary: number, weight: number) => ({
    variants: [
      { name: 'primary', weight: primary },
      { ...challenger, weight },
    ],
  });
  await ask({ canaryInvocations, ...weighted(9e-8, 1e-8) });
  expect(await live()).toEqual({ primary: 9e-8, challenger: 1e-8 });
  expect(await ask(weighted(1e-8, 9e-8))).toMatchObject({ outcome: 'deployed' });
  expect(await live()).toEqual({ primary: 1e-8, challenger: 9e-8 });
});

test('a variant may be called like a member of every object', async () => {
  const { upload, ask, live } = await stage();
  const named = { name: 'constructor', model: { s3Uri: uri('models/iris/constructor/v1/model.tar.gz') } };
  await upload('good', 2, 'models/iris/constructor/v1/model.tar.gz');
  const outcome = await ask({ canaryInvocations, variants: [{ name: 'primary', weight: 3 }, named] });
  expect([outcome?.cause, await live()]).toEqual([null, Object.fromEntries([['primary', 3], ['constructor', 1]])]); // biome-ignore format: one line
});

test('what serves keeps its instances where fewer are asked for, and the outcome says so', async () => {
  const { upload, ask } = await stage();
  await upload('good', 2, 'models/iris/challenger/v1/model.tar.gz');
  const hosted = (weight: number, instanceCount: number) => ({
    scaling: 'none',
    variants: [
      { name: 'primary', weight: 3 },
      { ...challenger, weight, hosting: { type: 'realtime', instanceCount } },
    ],
  });
  expect(await ask({ canaryInvocations, ...hosted(1, 3) })).toMatchObject({ outcome: 'deployed', warnings: [] });
  const [warning, ...others] = (await ask(hosted(0, 1)))?.warnings ?? [];
  expect(warning).toMatch(/^The variant challenger keeps its 3 instances, although 1 are asked for/);
  expect(warning).toContain('VariantName=challenger,DesiredInstanceCount=1');
  expect(others).toEqual([]);
  expect(await ask(hosted(0, 1))).toMatchObject({ outcome: 'unchanged', warnings: [] });
});
