/** The queue of an asynchronous endpoint on virtual time: order, limits, time-outs, expiry, lost instances, updates. */

import { CreateEndpointConfigCommand, DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { failure } from './account.ts';
import { AsyncAccount, asyncConfig, ERROR_TOPIC, FAILURES, OUTPUT, SUCCESS_TOPIC } from './async-account.ts';

test('a request is accepted at once, and its answer lies where that said', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig());
  const answered = await account.ask('one', 60, { S3OutputPathExtension: 'rollout-1/' });
  expect(answered).toMatchObject({
    $metadata: { httpStatusCode: 202 },
    InferenceId: 'one',
    OutputLocation: `${OUTPUT}/rollout-1/one.out`,
    FailureLocation: `${FAILURES}/rollout-1/one-error.out`,
  });
  await account.after(59);
  expect(account.store.written).toEqual([]);
  await account.after(1);
  expect(account.store.written).toMatchObject([
    { url: answered.OutputLocation, contentType: 'application/json', kmsKeyId: undefined },
  ]);
  expect(JSON.parse(Buffer.from(account.store.written[0]!.body).toString())).toEqual({ model: 'iris-1' });
});

test('without S3FailurePath there is no FailureLocation, and nothing is written of a failure', async () => {
  const account = new AsyncAccount({ answer: () => ({ status: 500, body: 'no' }) });
  await account.queued(asyncConfig(1, { S3FailurePath: undefined }));
  expect((await account.ask('one', 1)).FailureLocation).toBeUndefined();
  await account.after(2);
  expect(account.store.written).toEqual([]);
  expect(account.hosting.backlog('iris')).toEqual({ waiting: [], working: [] });
});

test('an id is made where none is given, and a file name is taken', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig());
  const { InferenceId: id, OutputLocation: url } = await account.ask('', 1, { InferenceId: undefined });
  expect(url).toBe(`${OUTPUT}/${id}.out`);
  const named = await account.ask('two', 1, { Filename: 'two.json' });
  expect([named.OutputLocation, named.FailureLocation]).toEqual([`${OUTPUT}/two.json`, `${FAILURES}/two-error.json`]);
});

test('without S3OutputPath nothing is taken', async () => {
  const account = new AsyncAccount();
  await account.queued({ OutputConfig: {} });
  expect(await failure(account.ask('one', 1))).toEqual(['ValidationError', 'Endpoint iris has no S3OutputPath.']);
});

test.each([
  ['neither a body nor a location', { Body: undefined }, /Exactly one of Body and InputLocation/],
  ['both', { InputLocation: 's3://inputs/one' }, /Exactly one of Body and InputLocation/],
  ['a body above 128,000 bytes', { Body: Buffer.alloc(128_001) }, /less than or equal to 128000/],
  ['a short life', { RequestTTLSeconds: 59 }, /greater than or equal to 60/],
  ['a long life', { RequestTTLSeconds: 21_601 }, /less than or equal to 21600/],
  ['a long time-out', { InvocationTimeoutSeconds: 3_601 }, /less than or equal to 3600/],
])('%s is refused', async (_what, input, message) => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig());
  const refused = await failure(account.ask('one', 1, input));
  expect(refused).toEqual(['ValidationError', expect.stringMatching(message)]);
});

test('a body of 128,000 bytes is taken', async () => {
  const account = new AsyncAccount({ tookMs: () => 1_000 });
  await account.queued(asyncConfig());
  await account.ask('one', 1, { Body: Buffer.alloc(128_000) });
  await account.after(1);
  expect(account.written()).toEqual(['one.out']);
});

test('an endpoint answers one of the two calls, never the other', async () => {
  const account = new AsyncAccount();
  await account.queued(asyncConfig());
  expect(await failure(account.invoke('iris'))).toEqual([
    ...['ValidationError', 'Endpoint iris is asynchronous: use InvokeEndpointAsync.'],
  ]);
  await account.serving('wine', 'wine-1');
  const asked = account.runtime.send(new InvokeEndpointAsyncCommand({ EndpointName: 'wine', Body: '1' }));
  expect(await failure(asked)).toEqual(['ValidationError', 'Endpoint wine is not asynchronous: use InvokeEndpoint.']);
});

test('a configuration is described as it was given, and refused with what does not go with it', async () => {
  const account = new AsyncAccount();
  const NotificationConfig = { SuccessTopic: SUCCESS_TOPIC, ErrorTopic: ERROR_TOPIC };
  const config = asyncConfig(7, { KmsKeyId: 'a-key', NotificationConfig });
  await account.config('iris-1', {}, { AsyncInferenceConfig: config });
  const described = await account.sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'iris-1' }));
  expect(described.AsyncInferenceConfig).toEqual(config);
  const variant = {
    ModelName: 'iris-1',
    VariantName: 'primary',
    InstanceType: 'ml.m5.large',
    InitialInstanceCount: 1,
  } as const;
  const refused = async (more: object) =>
    await failure(
      account.sagemaker.send(
        new CreateEndpointConfigCommand({
          ...{ EndpointConfigName: 'other', ProductionVariants: [variant], AsyncInferenceConfig: asyncConfig() },
          ...more,
        }),
      ),
    );
  expect((await refused({ AsyncInferenceConfig: asyncConfig(1_001) }))[1]).toMatch(/less than or equal to 1000/);
  const shadow = { ...variant, VariantName: 'shadow' };
  expect((await refused({ ShadowProductionVariants: [shadow] }))[1]).toMatch(/Shadow/);
  const serverless = {
    VariantName: 'one',
    ModelName: 'iris-1',
    ServerlessConfig: { MemorySizeInMB: 1024, MaxConcurrency: 1 },
  };
  expect((await refused({ ProductionVariants: [serverless] }))[1]).toMatch(/asynchronous/);
});

describe('requests', () => {
  test('are worked off in the order in which they came, at most so many at once of an instance', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(2));
    for (const id of ['a', 'b', 'c', 'd', 'e']) await account.ask(id, 60);
    expect(account.hosting.backlog('iris')).toEqual({
      waiting: ['c', 'd', 'e'],
      working: ['a', 'b'].map((inferenceId) => ({
        inferenceId,
        configName: 'iris-1',
        variantName: 'primary',
        instance: 0,
      })),
    });
    await account.after(60);
    expect(account.written()).toEqual(['a.out', 'b.out']);
    await account.after(60);
    expect(account.written()).toEqual(['a.out', 'b.out', 'c.out', 'd.out']);
    await account.after(60);
    expect(account.written()).toHaveLength(5);
  });

  test('come out the same however far time leaps', async () => {
    const ends = async (...steps: number[]) => {
      const account = new AsyncAccount();
      await account.queued(asyncConfig(2), { InitialInstanceCount: 2 });
      for (let i = 0; i < 12; i += 1) await account.ask(`r${i}`, 10 + ((i * 37) % 50));
      for (const step of steps) await account.after(step);
      return account.store.written.map(({ url }) => url);
    };
    const inOneLeap = await ends(600);
    expect(inOneLeap).toHaveLength(12);
    expect(await ends(...Array.from({ length: 600 }, () => 1))).toEqual(inOneLeap);
  });

  test('go to the instance that has the fewest', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(4), { InitialInstanceCount: 3 });
    for (const id of ['a', 'b', 'c', 'd']) await account.ask(id, 60);
    const { working } = account.hosting.backlog('iris')!;
    expect(working.map(({ instance }) => instance)).toEqual([0, 1, 2, 0]);
  });

  test('without a number four at once are worked on', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig());
    for (const id of ['a', 'b', 'c', 'd', 'e']) await account.ask(id, 60);
    expect(account.hosting.backlog('iris')!.waiting).toEqual(['e']);
  });

  test('that take longer than their time-out fail at it, and make room', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(1));
    await account.ask('slow', 1_000, { InvocationTimeoutSeconds: 30 });
    await account.ask('next', 10);
    await account.after(29);
    expect(account.store.written).toEqual([]);
    await account.after(11);
    expect(account.written(FAILURES)).toEqual(['slow-error.out']);
    expect(account.written()).toEqual(['next.out']);
  });

  test('may take fifteen minutes by default', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig());
    await account.ask('within', 899);
    await account.ask('beyond', 901);
    await account.after(1_000);
    expect([account.written(), account.written(FAILURES)]).toEqual([['within.out'], ['beyond-error.out']]);
  });

  test('that wait longer than their life expire: nothing is written of them', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(1));
    await account.ask('long', 100);
    await account.ask('expires', 10, { RequestTTLSeconds: 99 });
    await account.ask('waits', 10, { RequestTTLSeconds: 101 });
    await account.after(200);
    expect(account.store.written.map(({ url }) => url)).toEqual([`${OUTPUT}/long.out`, `${OUTPUT}/waits.out`]);
    expect(account.hosting.backlog('iris')).toEqual({ waiting: [], working: [] });
  });

  test('of a container that answers 4XX or 5XX lie among the failures, with what it said', async () => {
    const account = new AsyncAccount({
      answer: ({ body }) => ({ status: Number(Buffer.from(body).toString()), body: 'bad features' }),
      tookMs: () => 1_000,
    });
    await account.queued(asyncConfig(1));
    await account.ask('theirs', 400);
    await account.ask('ours', 500);
    await account.after(2);
    expect(account.written()).toEqual([]);
    expect(account.store.written.map(({ body }) => Buffer.from(body).toString())).toEqual([
      'Received client error (400) from primary with message "bad features"',
      'Received server error (500) from primary with message "bad features"',
    ]);
  });

  test('reach the container with their headers and their input of S3', async () => {
    const seen: unknown[] = [];
    const account = new AsyncAccount({
      tookMs: () => 0,
      answer: ({ headers, body }) => {
        seen.push([headers, Buffer.from(body).toString()]);
        return { status: 200, body: '' };
      },
    });
    await account.queued(asyncConfig());
    account.store.inputs.set('s3://inputs/one', 'hello');
    await account.ask('one', 0, { Body: undefined, InputLocation: 's3://inputs/one', Accept: 'text/csv' });
    await account.after(0);
    const headers = { accept: 'text/csv', 'content-type': 'application/json', 'x-amzn-sagemaker-inference-id': 'one' };
    expect(seen).toEqual([[headers, 'hello']]);
  });

  test('of a container that ends are tried again, and given up after three times', async () => {
    let left = 2;
    const account = new AsyncAccount({
      answer: ({ body }) => {
        if (Buffer.from(body).toString() === '2' || left-- > 0) throw new Error('it ended');
        return { status: 200, body: '' };
      },
    });
    await account.queued(asyncConfig(1));
    await account.ask('recovers', 10);
    await account.ask('never', 2);
    await account.after(30);
    expect(account.written()).toEqual(['recovers.out']);
    await account.after(6);
    expect(account.written(FAILURES)).toEqual(['never-error.out']);
  });
});

describe('an instance', () => {
  test('that is lost gives its requests back, in their old order; another one comes', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(2));
    for (const id of ['a', 'b', 'c']) await account.ask(id, 60);
    await account.after(30);
    expect(account.hosting.loseInstance('iris')).toBe(true);
    expect(account.hosting.backlog('iris')).toEqual({ waiting: ['a', 'b', 'c'], working: [] });
    await account.after(300 + 59);
    expect(account.store.written).toEqual([]);
    await account.after(1);
    expect(account.written()).toEqual(['a.out', 'b.out']);
    await account.after(60);
    expect(account.written()).toEqual(['a.out', 'b.out', 'c.out']);
    expect(account.hosting.loseInstance('iris')).toBe(false);
  });

  test('that leaves ends what it works on, and takes nothing new', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(1), { InitialInstanceCount: 2 });
    for (const id of ['a', 'b']) await account.ask(id, 100);
    for (const id of ['c', 'd']) await account.ask(id, 50);
    await account.count(1);
    await account.after(100);
    expect((await account.describe('iris')).ProductionVariants![0]!.CurrentInstanceCount).toBe(2);
    expect(account.written()).toEqual(['a.out', 'b.out']);
    expect(account.hosting.backlog('iris')).toEqual({
      waiting: ['d'],
      working: [{ inferenceId: 'c', configName: 'iris-1', variantName: 'primary', instance: 0 }],
    });
  });

  test('is not there with a count of 0: requests wait for it, and for nothing else', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig());
    await account.count(0);
    await account.after(300);
    expect((await account.describe('iris')).ProductionVariants![0]!.CurrentInstanceCount).toBe(0);
    await account.ask('waits', 10);
    await account.after(3_600);
    expect(account.hosting.backlog('iris')!.waiting).toEqual(['waits']);
    await account.count(1);
    await account.after(309);
    expect(account.store.written).toEqual([]);
    await account.after(1);
    expect(account.written()).toEqual(['waits.out']);
  });
});

describe('an update', () => {
  const answer = (_: unknown, { modelName }: { modelName: string }) => ({ status: 200, body: modelName });
  const bodies = (account: AsyncAccount) => account.store.written.map(({ body }) => Buffer.from(body).toString());

  test('keeps what waits: the new fleet works it off', async () => {
    const account = new AsyncAccount({ answer });
    await account.queued(asyncConfig(1));
    for (let i = 0; i < 5; i += 1) await account.ask(`r${i}`, 90);
    await account.config('iris-2', { InitialInstanceCount: 1 }, { AsyncInferenceConfig: asyncConfig(1) });
    await account.update('iris', 'iris-2');
    await account.after(600);
    // The fourth began at 270 s, on the old fleet, and ends there at 360 s; the update ended at 300 s.
    expect(bodies(account)).toEqual(['iris-1', 'iris-1', 'iris-1', 'iris-1', 'iris-2']);
    expect(account.written()).toEqual(['r0.out', 'r1.out', 'r2.out', 'r3.out', 'r4.out']);
  });

  test('in canary gives each fleet as many instances as its share', async () => {
    const account = new AsyncAccount({ answer });
    await account.queued(asyncConfig(1), { InitialInstanceCount: 4 });
    await account.config('iris-2', { InitialInstanceCount: 4 }, { AsyncInferenceConfig: asyncConfig(1) });
    const canary = { Type: 'INSTANCE_COUNT', Value: 1 } as const;
    await account.update('iris', 'iris-2', {
      DeploymentConfig: {
        BlueGreenUpdatePolicy: {
          TrafficRoutingConfiguration: { Type: 'CANARY', CanarySize: canary, WaitIntervalInSeconds: 600 },
        },
      },
    });
    await account.after(300);
    for (let i = 0; i < 8; i += 1) await account.ask(`r${i}`, 100);
    expect(account.hosting.backlog('iris')!.working).toHaveLength(4);
    await account.after(200);
    expect(bodies(account).filter((body) => body === 'iris-2')).toHaveLength(2);
    expect(bodies(account)).toHaveLength(8);
    await account.after(400);
    expect((await account.describe('iris')).EndpointConfigName).toBe('iris-2');
    for (let i = 0; i < 4; i += 1) await account.ask(`s${i}`, 1);
    await account.after(1);
    expect(bodies(account).slice(8)).toEqual(['iris-2', 'iris-2', 'iris-2', 'iris-2']);
  });

  test('that rolls back has the old fleet work on', async () => {
    const account = new AsyncAccount({ answer });
    await account.queued(asyncConfig(1));
    await account.config('iris-2', { InitialInstanceCount: 1 }, { AsyncInferenceConfig: asyncConfig(1) });
    account.hosting.faultPlan.plan({ kind: 'noCapacity', change: 'update' });
    await account.update('iris', 'iris-2');
    for (let i = 0; i < 9; i += 1) await account.ask(`r${i}`, 100);
    await account.after(900);
    expect(bodies(account)).toEqual(Array.from({ length: 9 }, () => 'iris-1'));
  });

  test('does not take the queue away', async () => {
    const account = new AsyncAccount();
    await account.queued(asyncConfig(1));
    await account.config('iris-2');
    expect((await failure(account.update('iris', 'iris-2')))[1]).toMatch(/AsyncInferenceConfig/);
  });
});
