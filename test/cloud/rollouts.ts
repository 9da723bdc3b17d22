// Rollouts: the deployed template, the bundles, the machine, IAM and real inference servers.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { statusReport } from '../../cli/commands/status.ts';
import { pythonProgram } from '../hosting/python.ts';
import { packAuthorsModel } from './authors-model.ts';
import { type DeployedCloud, KINDS, sharedCloud } from './deployed-cloud.ts';
import { truncated, withWrongGoldenCases } from './packed-iris.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
let on: DeployedCloud;
let forest: string;
let boosting: string;

beforeAll(async () => {
  on = await sharedCloud();
  ({ forest, boosting } = on);
});

test('an endpoint: uploaded, updated, configured, protected', async () => {
  // A first upload.
  const deployed = await on.outcomeOfUpload(forest, 'iris', 'v1');
  expect(deployed).toMatchObject({ outcome: 'deployed', verified: 'golden', endpointName: 'iris', error: null });
  expect((await on.ask('iris')).kinds).toEqual(KINDS);
  const shown = (await statusReport(on.client, 'iris')).text.split('\n');
  expect(shown[0]).toMatch(/^iris: released \S+ by \S+ It is InService\.$/);
  expect(shown[2]).toMatch(/^primary +1 +100 % +[0-9a-f]{12} +[0-9a-f]{12} +1 x ml\.m5\.large$/);
  expect(shown.slice(3)).toEqual([
    expect.stringMatching(/^Newest outcome: deployed \(golden\), /),
    'Nobody changes iris.',
  ]);

  // The same again, announced by another service on the bus.
  const events = new EventBridgeClient(on.config);
  const request = {
    endpointName: 'iris',
    model: { s3Uri: `s3://${on.client.stack.bucketName}/models/iris/v1/model.tar.gz` },
    correlationId: 'order-7',
  };
  await events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: on.outputs.EventBusName,
          Source: 'shop',
          DetailType: 'RolloutRequested',
          Detail: JSON.stringify(request),
        },
      ],
    }),
  );
  const announced = await newestExecution('order-7');
  expect(await on.outcomeOf(announced)).toMatchObject({
    outcome: 'unchanged',
    verified: 'golden',
    correlationId: 'order-7',
  });

  // Only settings, by a request: no new model, and what is not named stays.
  const asked = await on.outcomeOfRequest({ endpointName: 'iris', scaling: { target: 40 }, tags: { owner: 'botany' } });
  expect(asked).toMatchObject({ outcome: 'deployed', serving: deployed.serving });
  expect(asked.change).toEqual({
    model: false,
    settings: [
      { setting: 'scaling.target', from: '70', to: '40' },
      { setting: 'tags.owner', from: null, to: '"botany"' },
    ],
  });

  // By the endpoint's manifest, which goes before that.
  const configured = await on.putUnder(
    'models/iris/rollout.json',
    JSON.stringify({ scaling: { maximum: 7 }, tags: { team: 'flowers' } }),
  );
  expect(configured).toMatchObject({ outcome: 'deployed', serving: deployed.serving });
  const scaling = new ApplicationAutoScalingClient(on.config);
  const { ScalableTargets } = await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }));
  const ofIris = ScalableTargets?.filter(({ ResourceId }) => ResourceId?.startsWith('endpoint/iris/'));
  expect(ofIris).toMatchObject([{ MinCapacity: 1, MaxCapacity: 7 }]);

  // A new model, and nothing but that.
  const updated = await on.outcomeOfUpload(boosting, 'iris', 'v2');
  expect(updated).toMatchObject({ outcome: 'deployed', verified: 'golden', change: { model: true, settings: [] } });
  const targets = async () => {
    const { ScalingPolicies } = await scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker', ResourceId: ofIris?.[0]?.ResourceId }),
    );
    return ScalingPolicies?.map((policy) => policy.TargetTrackingScalingPolicyConfiguration?.TargetValue);
  };
  expect(await targets()).toEqual([40]);

  // Back to the manifest, which says nothing of the target, and then to the platform.
  expect(await on.outcomeOfRequest({ endpointName: 'iris', reset: ['scaling'] })).toMatchObject({
    ...{ outcome: 'deployed', serving: updated.serving },
    change: { model: false, settings: [{ setting: 'scaling.target', from: '40', to: '70' }] },
  });
  expect(await targets()).toEqual([70]);
  expect(updated.serving?.artifactSha256).not.toBe(deployed.serving?.artifactSha256);
  expect((await on.ask('iris')).kinds).toEqual(KINDS);

  // A model that does not answer as it must is refused by its trial, and reaches nothing of SageMaker; a good one had passed it.
  expect([deployed.tried, updated.tried]).toEqual([
    { verdict: 'passed', because: [] },
    { verdict: 'passed', because: [] },
  ]);
  const before = callsAboutIris();
  const wrong = await on.outcomeOfUpload(withWrongGoldenCases(forest), 'iris', 'v3');
  expect(wrong).toMatchObject({
    ...{ outcome: 'rejected', error: 'RequestRejected', archive: 'rejected', serving: updated.serving },
    tried: { verdict: 'rejected' },
    problems: expect.arrayContaining([
      { where: 'golden answers', message: expect.stringMatching(/^Golden case ".*": .* instead of tulip\.$/) },
    ]),
  });
  expect(callsAboutIris()).toBe(before);
  expect(await on.served('iris')).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: updated.serving?.endpointConfigName,
  });
  expect((await on.ask('iris')).kinds).toEqual(KINDS);

  // A broken upload, and one whose key fits nothing, reach nothing of SageMaker.
  const calls = callsAboutIris();
  expect(await on.outcomeOfUpload(truncated(forest), 'iris', 'v4')).toMatchObject({
    outcome: 'rejected',
    error: 'RequestRejected',
    problems: [{ message: expect.stringMatching(/cut off|truncated|end/i) }],
  });
  const misplaced = await on.putUnder('models/iris/model.tgz', 'not a model');
  expect(misplaced).toMatchObject({ outcome: 'rejected' });
  expect(misplaced.cause).toContain('models/<endpoint>/<version>/model.tar.gz');
  expect(callsAboutIris()).toBe(calls);
});

test('an artifact runs its own code where it is trusted, without a network, and no other artifact does', async () => {
  const trusted = packAuthorsModel(on.directory, 'trusted');
  const other = packAuthorsModel(on.directory, 'other');
  await on.putUnder('models/doubler/rollout.json', JSON.stringify({ trust: trusted.sha256 }));
  expect(await on.outcomeOfUpload(trusted.archive, 'doubler', 'v1')).toMatchObject({
    outcome: 'deployed',
    verified: 'golden',
    error: null,
    tried: { verdict: 'skipped', because: ['It may run code of its own, which nothing but its container runs.'] },
  });
  // Only settings change: what serves is read again for what may run.
  expect(await on.outcomeOfRequest({ endpointName: 'doubler', environment: { GREETING: 'hello' } })).toMatchObject({
    outcome: 'deployed',
    verified: 'golden',
  });
  expect(await on.outcomeOfUpload(other.archive, 'doubler', 'v2')).toMatchObject({
    outcome: 'rejected',
    problems: [{ where: 'trust', message: expect.stringContaining(other.sha256) }],
  });
});

test('boto3 and the AWS CLI, unchanged, do to the local cloud what they do to AWS', async () => {
  const env = { ...process.env, ...on.cloud.env, AWS_MAX_ATTEMPTS: '1', AWS_PAGER: '' };
  const program = [join(import.meta.dirname, 'boto3_endpoint.py'), on.client.stack.bucketName];
  const { stdout } = await run(pythonProgram('python'), program, { env });
  expect(JSON.parse(stdout)).toEqual({
    variants: {
      ...{ byWeight: 'current', byName: 'challenger', moved: 'challenger' },
      unknownTarget: 'Variant none not found for Request',
      twice: 'The variant name "current" was non-unique within the request.',
      unknown: 'The variant name(s) "none" is/are not present within endpoint configuration "boto-two".',
      meanwhile: expect.stringMatching(/^Cannot update in-progress endpoint ".*:endpoint\/boto"\.$/),
      after: [
        ['current', 0, 1],
        ['challenger', 1, 2],
      ],
      captured: ['golden-1', { instances: [[5.1, 3.5, 1.4, 0.2]] }],
    },
    creating: 'Creating',
    created: 'InService',
    predicted: 'setosa',
    predictedByNpy: 'setosa',
    modelError: 'ModelError',
    updatedTo: 'boto-two',
    exists: 'ValidationException',
    notFound: 'ValidationException',
    badName: 'ValidationException',
  });
  const aws = (...parameters: string[]) => run(pythonProgram('aws'), [...parameters, '--output', 'text'], { env });
  const status = await aws('sagemaker', 'describe-endpoint', '--endpoint-name', 'iris', '--query', 'EndpointStatus');
  expect(status.stdout.trim()).toBe('InService');
  const uploads = await aws('s3', 'ls', `s3://${on.client.stack.bucketName}/models/iris/v1/`);
  expect(uploads.stdout).toContain('model.tar.gz');
});

test('all problems of a request and of its archive are told at once, and nothing is made', async () => {
  const Key = 'models/flower/bad/model.tar.gz';
  await on.s3.send(new PutObjectCommand({ Bucket: on.client.stack.bucketName, Key, Body: 'no gzip at all' }));
  const outcome = await on.outcomeOfRequest({
    endpointName: 'flower',
    model: { s3Uri: `s3://${on.client.stack.bucketName}/${Key}` },
    hosting: { type: 'realtime', instanceType: 'ml.p5.48xlarge', instanceCount: 500 },
    network: { vpc: { subnetIds: ['subnet-0a', 'subnet-0b'], securityGroupIds: ['sg-0a'] } },
    instanceTyp: 'x',
  } as never);
  expect(outcome).toMatchObject({ outcome: 'rejected', serving: null });
  const text = JSON.stringify(outcome.problems);
  for (const part of ['instanceTyp', 'ml.p5.48xlarge', '500', 'network.vpc', 'allowedSubnetIds', 'gzip'])
    expect(text).toContain(part);
});

test.each([
  ['TypeScript', process.execPath, 'start-rollout.ts'],
  ['Python', pythonProgram('python'), 'start_rollout.py'],
  ['shell', '/bin/sh', 'start-rollout.sh'],
])('the example of a caller in %s starts a rollout and prints its outcome', async (_, program, file) => {
  const callers = join(ROOT, 'examples/callers');
  const env = {
    ...on.cloud.env,
    AWS_CONFIG_FILE: '/dev/null',
    PATH: `${join(ROOT, '.venv/test/bin')}:${process.env.PATH}`,
  };
  const { stdout, stderr } = await run(program, [join(callers, file), join(callers, 'request.json')], { env });
  expect(JSON.parse(stdout)).toMatchObject({ endpointName: 'iris', succeeded: true, correlationId: 'order-7' });
  expect(stderr).toMatch(/^arn:aws:states:.*:execution:/m);
});

/** Nobody else calls about it: others have endpoints of their own. */
const callsAboutIris = () =>
  on.cloud.hosting.calls.filter(({ input }) => JSON.stringify(input).includes('"iris')).length;

async function newestExecution(inInput: string): Promise<string> {
  for (let look = 0; look < 100; look++) {
    const { executions } = await on.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: on.client.stack.stateMachineArn }),
    );
    for (const { executionArn } of executions ?? []) {
      const { input } = await on.sfn.send(new DescribeExecutionCommand({ executionArn }));
      if (input?.includes(inInput)) return executionArn!;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`No execution has ${inInput} in its input.`);
}
