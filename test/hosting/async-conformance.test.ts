/** Unchanged boto3 and AWS CLI use an asynchronous endpoint, with a process that answers from its queue. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { MemoryStore } from '../../local/hosting/asynchronous/store.ts';
import { awsCli } from './aws-cli.ts';
import { pythonProgram } from './python.ts';
import { FIXTURES, servedHosting } from './served-hosting.ts';

const MINUTE = 60_000;
const SUSPENDED = 'DynamicScalingOutSuspended=true';
const store = new MemoryStore();
let on: Awaited<ReturnType<typeof servedHosting>>;
/** What the test leaves out of real time. */
let leapt = 0;

beforeAll(async () => {
  store.inputs.set('s3://inputs/one', '{"text": "located"}');
  on = await servedHosting({ now: () => Date.now() + leapt, provisioning: () => 100, asyncStore: store });
});

afterAll(() => on?.served.close());

/** Once so many objects are written. */
async function written(count: number): Promise<Record<string, string>> {
  while (store.written.length < count) await sleep(50);
  return Object.fromEntries(store.written.map(({ url, body }) => [url, Buffer.from(body).toString()]));
}

const validation = (message: unknown) => ['ValidationError', message];
const accepted = (id: string, more: object = {}) => [
  202,
  {
    ...{ InferenceId: id, OutputLocation: `s3://answers/out/${id}.out` },
    ...{ FailureLocation: `s3://answers/failed/${id}-error.out`, ...more },
  },
];

test('boto3 queues requests, finds what came of them, and sets up scaling to 0', async () => {
  const { stdout } = await promisify(execFile)(
    pythonProgram('python'),
    [join(FIXTURES, 'asynchronous.py'), 's3://models/one/model.tar.gz', 's3://inputs/one'],
    { env: on.environment },
  );
  const inline = {
    OutputLocation: 's3://answers/out/rollout-1/inline.out',
    FailureLocation: 's3://answers/failed/rollout-1/inline-error.out',
  };
  const missing = {
    OutputLocation: 's3://answers/out/missing.json',
    FailureLocation: 's3://answers/failed/missing-error.json',
  };
  expect(JSON.parse(stdout)).toEqual({
    config: true,
    inline: accepted('inline', inline),
    located: accepted('located'),
    bad: accepted('bad'),
    slow: accepted('slow'),
    dies: accepted('dies'),
    missing: accepted('missing', missing),
    both: validation('Exactly one of Body and InputLocation must be provided.'),
    live: validation('Endpoint queued is asynchronous: use InvokeEndpointAsync.'),
    long: 'ValidationError',
    policies: { track: ['TargetTrackingScaling', 2], wake: ['StepScaling', 1] },
    alarms: ['wake'],
    steps: true,
    crowd: [true, 300, 1, 'notBreaching', 'INSUFFICIENT_DATA'],
    suspended: [
      { DynamicScalingInSuspended: true, DynamicScalingOutSuspended: false, ScheduledScalingSuspended: false },
      0,
      2,
    ],
    asleep: 0,
    waiting: 202,
  });
  // Those that the container did not get to before there was none wait for the next one.
  const before = store.written.length;
  expect(on.hosting.backlog('queued')!.waiting).toContain('waiting');
  expect(Object.keys(await written(before))).not.toContain('s3://answers/out/waiting.out');
}, 60_000);

test('the alarm wakes the endpoint, which answers all that waits', async () => {
  // Three minutes with a backlog and without capacity: each advances minute by minute, however far it leaps.
  leapt += 3 * MINUTE;
  const all = await written(7);
  expect(all).toEqual({
    's3://answers/out/rollout-1/inline.out': 'inline',
    's3://answers/out/located.out': 'located',
    's3://answers/failed/bad-error.out': 'Received client error (400) from primary with message "bad"',
    's3://answers/failed/slow-error.out': expect.stringMatching(/timed out/),
    's3://answers/failed/dies-error.out': 'The container ended before it answered.',
    's3://answers/failed/missing-error.json': expect.stringMatching(/could not be downloaded: NoSuchKey/),
    's3://answers/out/waiting.out': 'woken',
  });
  while (store.published.length < 7) await sleep(50);
  const told = store.published.map(({ topicArn, message }) => [topicArn, JSON.parse(message)] as const);
  const [topic, inline] = told.find(([, { inferenceId }]) => inferenceId === 'inline')!;
  expect(topic).toBe('arn:aws:sns:us-east-1:000000000000:done');
  expect(Buffer.from(inline.responseBody.content, 'base64').toString()).toBe('inline');
  expect(told.filter(([arn]) => arn.endsWith(':failed'))).toHaveLength(4);
}, 60_000);

test('the AWS CLI does the same', async () => {
  const { aws, end } = awsCli(on.environment);
  const target = [
    ...['--service-namespace', 'sagemaker', '--resource-id', 'endpoint/queued/variant/primary'],
    ...['--scalable-dimension', 'sagemaker:variant:DesiredInstanceCount'],
  ];
  try {
    const before = store.written.length;
    const invoke = ['sagemaker-runtime', 'invoke-endpoint-async', '--endpoint-name', 'queued'];
    expect(
      await aws(
        ...invoke,
        '--inference-id',
        'by-cli',
        '--input-location',
        's3://inputs/one',
        '--request-ttl-seconds',
        '60',
      ),
    ).toEqual({
      ...{ InferenceId: 'by-cli', OutputLocation: 's3://answers/out/by-cli.out' },
      FailureLocation: 's3://answers/failed/by-cli-error.out',
    });
    expect((await written(before + 1))['s3://answers/out/by-cli.out']).toBe('located');
    await expect(aws(...invoke)).rejects.toThrow(
      '(ValidationError) when calling the InvokeEndpointAsync operation: Exactly one of Body and InputLocation',
    );
    const described = await aws(
      'application-autoscaling',
      'describe-scaling-policies',
      '--service-namespace',
      'sagemaker',
    );
    expect(described!.ScalingPolicies).toHaveLength(2);
    const { MetricAlarms } = (await aws('cloudwatch', 'describe-alarms', '--alarm-name-prefix', 'wak'))!;
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'wake', Threshold: 1, AlarmActions: [expect.any(String)] }]);
    await aws('application-autoscaling', 'register-scalable-target', ...target, '--suspended-state', SUSPENDED);
    const { ScalableTargets } = (await aws(
      ...['application-autoscaling', 'describe-scalable-targets', '--service-namespace', 'sagemaker'],
    ))!;
    expect(ScalableTargets).toMatchObject([
      { SuspendedState: { DynamicScalingOutSuspended: true, DynamicScalingInSuspended: false }, MinCapacity: 0 },
    ]);
    await aws('application-autoscaling', 'delete-scaling-policy', '--policy-name', 'wake', ...target);
    const policy = { AdjustmentType: 'ChangeInCapacity', StepAdjustments: [{ ScalingAdjustment: 1 }] };
    const put = [
      'application-autoscaling',
      'put-scaling-policy',
      '--policy-name',
      'again',
      '--policy-type',
      'StepScaling',
    ];
    const { PolicyARN, Alarms } = (await aws(
      ...[...put, ...target, '--step-scaling-policy-configuration', JSON.stringify(policy)],
    ))!;
    expect([PolicyARN, Alarms]).toEqual([expect.stringMatching(/policyName\/again$/), []]);
  } finally {
    await end();
  }
}, 60_000);
