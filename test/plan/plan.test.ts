// A plan says what the rollout does then, and changes nothing.
import { isReadOnly } from '../../client/planning/read-only.ts';
import { archive } from '../../simulate/world/archives.ts';
import { keyOf } from '../../simulate/world/simulated-stack.ts';
import { BUCKET } from '../ports/account-ports.ts';
import { actionsOf, PlannedStack } from './planned-account.ts';

const linear = { type: 'linear', stepPercent: 50, waitSeconds: 120, terminationWaitSeconds: 60 };
const variantsOf = (champion: number, challenger: number) => [
  { name: 'champion', weight: champion, hosting: { type: 'realtime', instanceCount: 4 } },
  { name: 'challenger', weight: challenger },
];

describe('a first deployment', () => {
  test('of an archive on this machine makes all that is named, and the rollout makes just that', async () => {
    using stack = new PlannedStack();
    const plan = await stack.planFile(await stack.archiveFile('good', 1), { endpoint: 'iris' });
    const { sha256 } = await archive('good', 1);
    expect(plan).toMatchObject({ verdict: 'proceed', operation: 'create', problems: [], unknown: [], traffic: null });
    expect([plan.settings, plan.extraCapacity]).toEqual([null, []]);
    await stack.uploaded(1);
    const { models, endpointConfig } = stack.carriedOut;
    expect(actionsOf(plan)).toEqual([
      `create artifact artifacts/iris/${sha256}/model.tar.gz`,
      `create model ${models[0]!.name}`,
      `create endpointConfig ${endpointConfig.name}`,
      'create endpoint iris',
      'create scaling endpoint/iris/variant/primary',
    ]);
    expect(plan.variants).toMatchObject([
      {
        ...{ name: 'primary', weight: { before: null, after: 1 }, model: { artifactSha256: sha256 } },
        instances: { before: null, after: { type: 'ml.m5.large', count: 1 } },
      },
    ]);
  });

  test('takes the manifest that is there, or the one that would be written', async () => {
    using stack = new PlannedStack();
    stack.manifest('iris', { hosting: { type: 'realtime', instanceCount: 3 } });
    const model = await stack.archiveFile('good', 1);
    const counts = async (target: object) =>
      (await stack.planFile(model, { endpoint: 'iris', ...target })).variants.map(({ instances }) => instances.after);
    expect(await counts({})).toEqual([{ type: 'ml.m5.large', count: 3 }]);
    const manifest = stack.file('rollout.json', '{"hosting":{"type":"realtime","instanceType":"ml.c5.large"}}');
    expect(await counts({ manifest })).toEqual([{ type: 'ml.c5.large', count: 1 }]);
  });
});

describe('an update', () => {
  test('tells settings from and to, the candidate, extra instances, and what the rollout does then', async () => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    const request = {
      endpointName: 'iris',
      hosting: { type: 'realtime', instanceType: 'ml.c5.large', instanceCount: 2 },
      scaling: { minimum: 2, maximum: 8 },
      environment: { TOKEN: 'secret' },
      strategy: linear,
      alarms: { maximumErrorPercent: 5 },
      tags: { team: 'flowers' },
    };
    const plan = await stack.planRequest(request);
    expect(JSON.stringify(plan)).not.toContain('secret');
    const { settingChanges, extraCapacity, models, endpointConfig, before } = await (async () => {
      expect(await stack.requested(request)).toMatchObject({ outcome: 'deployed' });
      return stack.carriedOut;
    })();
    expect(plan).toMatchObject({ verdict: 'proceed', operation: 'update', settings: settingChanges, extraCapacity });
    expect(plan.settings).toContainEqual({ setting: 'hosting.instanceCount', from: '1', to: '2' });
    expect(actionsOf(plan)).toEqual([
      expect.stringMatching(/^adopt artifact artifacts\/iris\//),
      `create model ${models[0]!.name}`,
      `create endpointConfig ${endpointConfig.name}`,
      'createAndRemove candidate primary on 1 x ml.c5.large',
      'createAndRemove alarm 5xx',
      'createAndRemove alarm model-errors',
      'createAndRemove alarm p99-latency',
      'update endpoint iris',
      'update tags iris',
      'update scaling endpoint/iris/variant/primary',
    ]);
    expect(plan.changes.find(({ kind }) => kind === 'endpoint')?.detail).toBe(
      `from ${before?.endpointConfigName} to ${endpointConfig.name}`,
    );
    expect(plan.variants[0]?.instances).toEqual({
      before: { type: 'ml.m5.large', count: 1 },
      after: { type: 'ml.c5.large', count: 2 },
    });
    expect(plan.traffic).toContain('120 s');
    // The candidate's instance, and the two of the second fleet.
    expect(extraCapacity.map(({ for: of, instances }) => [of, instances])).toEqual([
      ['candidate', 1],
      ['secondFleet', 2],
    ]);
    const seconds = extraCapacity.reduce((sum, each) => sum + each.instances * each.atMostSeconds, 0);
    expect(plan.extraInstanceHours).toEqual([
      { instanceType: 'ml.c5.large', atMostHours: expect.closeTo(seconds / 3600, 2) },
    ]);
  });

  test('names what no rollback needs any more, as the rollout removes it then', async () => {
    using stack = new PlannedStack();
    stack.settings = { ...stack.settings, retainedReleases: 3 };
    for (const number of [1, 2, 3, 4]) await stack.uploaded(number);
    const plan = await stack.planFile(await stack.archiveFile('good', 5), { endpoint: 'iris' });
    const removed = plan.changes.filter(({ action }) => action === 'remove');
    expect(removed.map(({ kind }) => kind)).toEqual(['endpointConfig', 'model', 'artifact', 'artifact']);
    expect(stack.removed).toEqual([]);
    await stack.uploaded(5);
    expect(stack.removed).toEqual(removed.map(({ name }) => name));
  });

  test('of what serves already has nothing to do', async () => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    const plan = await stack.planRequest({ endpointName: 'iris' });
    expect(plan).toMatchObject({ verdict: 'unchanged', changes: [], settings: [], extraCapacity: [] });
  });

  test('says who changes the endpoint now', async () => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    stack.upload(keyOf('iris', 2), await archive('good', 2));
    // It settles first, and then its candidate comes.
    await stack.account.time.run(() => false, stack.account.time.now + 12_000);
    const plan = await stack.planRequest({ endpointName: 'iris', tags: { team: 'flowers' } });
    expect(plan.warnings).toEqual([expect.stringMatching(/^rollout-2 \(deploy\) changes iris, since .*would wait/)]);
  });
});

test('several variants: the weights that move, their steps, and the instances that a share needs', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  await stack.uploaded(2);
  const [champion, challenger] = variantsOf(9, 1);
  const modelOf = (number: number) => ({ model: { s3Uri: `s3://${BUCKET}/${keyOf('iris', number)}` } });
  const first = {
    variants: [
      { ...champion!, ...modelOf(1) },
      { ...challenger!, ...modelOf(2) },
    ],
    strategy: linear,
  };
  const added = await stack.planRequest({ endpointName: 'iris', ...first });
  expect(added.problems).toEqual([]);
  expect(await stack.requested(first as never)).toMatchObject({ outcome: 'deployed' });
  expect(added.variants.map(({ name }) => name)).toEqual(['challenger', 'champion', 'primary']);
  expect(added.variants.at(-1)).toMatchObject({ model: null, weight: { before: 1, after: null } });
  expect(added.changes.find(({ kind }) => kind === 'endpointConfig')!.name).toBe(stack.carriedOut.endpointConfig.name);

  const even = { variants: variantsOf(1, 1), strategy: linear };
  const plan = await stack.planRequest({ endpointName: 'iris', ...even });
  expect(await stack.requested(even as never)).toMatchObject({ outcome: 'deployed' });
  expect(plan.weightSteps).toEqual(stack.carriedOut.weightSteps);
  expect(plan).toMatchObject({ verdict: 'proceed', operation: 'configure', extraCapacity: [] });
  expect(plan.variants).toMatchObject([
    { name: 'challenger', weight: { before: 1, after: 1 }, instances: { before: { count: 1 }, after: { count: 3 } } },
    { name: 'champion', weight: { before: 9, after: 1 }, instances: { before: { count: 4 }, after: { count: 4 } } },
  ]);
  expect(plan.traffic).toContain('challenger 30 %, champion 70 %, 120 s; challenger 50 %, champion 50 %, 60 s');
  expect(actionsOf(plan).filter((each) => !/^adopt/.test(each))).toContain('update endpoint iris');
});

describe('what would be rejected', () => {
  test('is told with every problem of the archive and of its manifest at once', async () => {
    using stack = new PlannedStack();
    const manifest = stack.file(
      'rollout.json',
      '{"hosting":{"type":"realtime","instanceType":"ml.p5.large"},"tagz":{}}',
    );
    const plan = await stack.planFile(await stack.archiveFile('rejected', 1), { endpoint: 'iris', manifest });
    expect(plan.verdict).toBe('rejected');
    expect(plan.problems.map(({ where }) => where)).toEqual([
      'models/iris/rollout.json: tagz',
      'hosting.instanceType',
      'model.tar.gz',
    ]);
    expect(plan.changes).toEqual([]);
  });

  test('a file that is no archive too', async () => {
    using stack = new PlannedStack();
    const plan = await stack.planFile(stack.file('model.tar.gz', 'PK\u0003\u0004'), { endpoint: 'iris' });
    expect(plan).toMatchObject({
      verdict: 'rejected',
      problems: [{ message: expect.stringContaining('not a gzip file') }],
    });
  });

  test('and what only the live endpoint tells', async () => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    const plan = await stack.planRequest({
      endpointName: 'iris',
      tags: { a: 'b' },
      environment: { A: '1' },
      strategy: linear,
    });
    expect(plan.problems).toEqual([
      { where: 'strategy.type', message: expect.stringContaining('at least 2 instances') },
    ]);
  });

  test('a request that rolls nothing out is refused', async () => {
    using stack = new PlannedStack();
    await expect(stack.planRequest({ action: 'retireEndpoint', endpointName: 'iris' })).rejects.toMatchObject({
      ...{ name: 'Refusal', message: expect.stringContaining('retireEndpoint') },
    });
  });
});

test('a rollback is planned as the rollout that it is', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  const [first] = stack.carriedOut.models;
  await stack.uploaded(2);
  const plan = await stack.planRequest({ action: 'rollback', endpointName: 'iris' });
  expect(plan).toMatchObject({ verdict: 'proceed', operation: 'update', variants: [{ model: { name: first!.name } }] });
  expect(actionsOf(plan)).toContain(`adopt model ${first!.name}`);
});

test('schedules of scaling are named, also where nothing else changes', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  const scaling = { schedules: [{ name: 'nightly', expression: 'cron(0 22 * * ? *)', minimum: 1, maximum: 2 }] };
  const plan = await stack.planRequest({ endpointName: 'iris', scaling });
  expect(plan).toMatchObject({ verdict: 'proceed', operation: 'configure', problems: [] });
  expect(plan.changes.find(({ kind }) => kind === 'scaling')?.detail).toContain('schedules nightly');
});

test('a manifest alone changes the settings of the newest upload', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  const manifest = stack.file('rollout.json', '{"scaling":{"maximum":9}}');
  const plan = await stack.planFile(manifest, { endpoint: 'iris' });
  expect(plan).toMatchObject({ verdict: 'proceed', operation: 'configure' });
  expect(plan.settings).toContainEqual({ setting: 'scaling.maximum', from: '5', to: '9' });
});

describe('nothing is written', () => {
  test('by any plan: only reads are called, and everything is as it was', async () => {
    using stack = new PlannedStack();
    for (const number of [1, 2, 3, 4]) await stack.uploaded(number);
    const before = stack.everything();
    await stack.planFile(await stack.archiveFile('good', 5), { endpoint: 'iris' });
    await stack.planRequest({
      endpointName: 'iris',
      model: { s3Uri: `s3://${BUCKET}/${keyOf('iris', 1)}` },
      reset: 'all',
    });
    await stack.planRequest({ action: 'rollback', endpointName: 'iris' });
    expect(stack.everything()).toBe(before);
    const operations = [...new Set(stack.calls.map(({ operation }) => operation))];
    expect(operations.length).toBeGreaterThan(8);
    expect(operations.filter((operation) => !isReadOnly(operation))).toEqual([]);
  });
});

describe('what the caller may not read is unknown', () => {
  test.each([
    ['sagemaker:DescribeEndpoint', /^The endpoint: /],
    ['sagemaker:DescribeModel', /^A model: /],
    ['sagemaker:ListTags', /^The endpoint: /],
    ['application-autoscaling:DescribeScalableTargets', /^The scaling of the endpoint: /],
    ['dynamodb:Query', /^The releases: /],
    ['ecr:BatchGetImage', /^The image: /],
  ])('%s: there is no plan', async (call, said) => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    stack.isDenied = (each) => each === call;
    const plan = await stack.planFile(await stack.archiveFile('good', 2), { endpoint: 'iris' });
    expect(plan).toMatchObject({
      verdict: 'unknown',
      changes: [],
      problems: [],
      unknown: [expect.stringMatching(said)],
    });
    expect(plan.unknown[0]).toContain(call);
  });

  test('the archive of a model that was uploaded', async () => {
    using stack = new PlannedStack();
    await stack.uploaded(1);
    stack.isDenied = (each) => each === 's3:GetObject';
    const plan = await stack.planRequest({
      endpointName: 'iris',
      model: { s3Uri: `s3://${BUCKET}/${keyOf('iris', 1)}` },
    });
    expect(plan).toMatchObject({ verdict: 'unknown', unknown: [expect.stringMatching(/^(s3|What was uploaded)/)] });
  });

  test('an image: what is wrong with the archive is told nevertheless', async () => {
    using stack = new PlannedStack();
    stack.isDenied = (each) => each === 'ecr:BatchGetImage';
    const plan = await stack.planFile(await stack.archiveFile('rejected', 1), { endpoint: 'iris' });
    expect(plan).toMatchObject({
      verdict: 'rejected',
      problems: [{ where: 'model.tar.gz' }],
      unknown: [expect.any(String)],
    });
  });

  test('one’s own alarms: the plan is made, and says so', async () => {
    using stack = new PlannedStack();
    stack.manifest('iris', { hosting: { type: 'realtime', instanceCount: 2 }, canaryInvocations: { requests: 1 } });
    await stack.uploaded(1);
    stack.isDenied = (each) => each === 'cloudwatch:DescribeAlarms';
    const alarms = { names: ['mine'] };
    const plan = await stack.planRequest({ endpointName: 'iris', environment: { A: '1' }, strategy: linear, alarms });
    expect(plan).toMatchObject({ verdict: 'proceed', unknown: [expect.stringMatching(/^The states of alarms: /)] });
  });

  test('what would be removed: the plan is made without, and says so', async () => {
    using stack = new PlannedStack();
    for (const number of [1, 2, 3, 4]) await stack.uploaded(number);
    stack.isDenied = (each) => each === 's3:ListObjectVersions';
    const plan = await stack.planRequest({ endpointName: 'iris', environment: { A: '1' } });
    expect(plan).toMatchObject({ verdict: 'proceed', unknown: [expect.stringMatching(/^What is kept/)] });
    expect(plan.changes.filter(({ action }) => action === 'remove')).toEqual([]);
  });
});

test('an endpoint that something else changes is waited for', async () => {
  using stack = new PlannedStack();
  await stack.uploaded(1);
  const config = stack.carriedOut.endpointConfig.name;
  await stack.person('sagemaker', 'UpdateEndpoint', { EndpointName: 'iris', EndpointConfigName: config });
  const plan = await stack.planRequest({ endpointName: 'iris', environment: { A: '1' } });
  expect(plan).toMatchObject({ verdict: 'wait', waitsFor: expect.stringContaining('Updating') });
});
