/** Unchanged boto3 and AWS CLI against the HTTP face, with inference servers as processes. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { LostAnswer } from '../../local/hosting/aws-error.ts';
import type { Hosting } from '../../local/hosting/hosting.ts';
import type { Served } from '../../local/hosting/serve.ts';
import { awsCli } from './aws-cli.ts';
import { pythonProgram } from './python.ts';
import { FIXTURES, servedHosting } from './served-hosting.ts';

const run = promisify(execFile);
const ARN = 'arn:aws:sagemaker:us-east-1:000000000000';

/** Long enough for the calls that have to meet a change under way. */
let provisioningMs = 500;
let hosting: Hosting;
let served: Served;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  ({ hosting, served, environment } = await servedHosting({ provisioning: () => provisioningMs }));
});

afterAll(async () => {
  await served.close();
});

const validation = (message: string | RegExp) => ({
  ...{ type: 'ClientError', code: 'ValidationException', status: 400 },
  message: typeof message === 'string' ? message : expect.stringMatching(message),
});

test('boto3 creates, waits, invokes, scales, updates and deletes; its errors are those of AWS', async () => {
  const urls = ['s3://models/one/model.tar.gz', 's3://models/two/model.tar.gz'];
  const { stdout } = await run(pythonProgram('python'), [join(FIXTURES, 'conformance.py'), ...urls], {
    ...{ env: environment, maxBuffer: 64 * 1024 * 1024 },
  });
  const log = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/sagemaker/Endpoints/iris:log-stream:primary';
  const tooLong = { type: 'ModelError', code: 'ModelError', status: 424, LogStreamArn: log };
  const seen = JSON.parse(stdout);
  expect(seen).toEqual({
    modelArn: `${ARN}:model/iris-1`,
    endpointArn: `${ARN}:endpoint/iris`,
    notReady: {
      ...{ type: 'ValidationError', code: 'ValidationError', status: 400 },
      message: 'Endpoint iris of account 000000000000 not found.',
    },
    variant: 'primary',
    customAttributes: 'answered-by=one',
    contentType: 'application/json',
    answer: expect.objectContaining({
      model: 'one',
      environment: expect.objectContaining({ MODEL_SETTING: 'iris-1' }),
    }),
    clientError: {
      ...tooLong,
      message: expect.stringMatching(
        /^Received client error \(400\) from primary with message "bad features x+"\. See /,
      ),
      OriginalStatusCode: 400,
      OriginalMessage: `bad features ${'x'.repeat(2_048 - 'bad features '.length)}`,
    },
    serverError: {
      ...tooLong,
      message: expect.stringMatching(/^Received server error \(500\) from primary with message "it broke"\. See /),
      OriginalStatusCode: 500,
      OriginalMessage: 'it broke',
    },
    tooLargeRequest: { type: 'ValidationError', code: 'ValidationError', status: 400, message: '' },
    tooLargeAnswer: {
      ...tooLong,
      message: expect.stringMatching(/could not load the entire response body/),
      OriginalStatusCode: 500,
      OriginalMessage: '',
    },
    largestAnswer: 6_291_456,
    unknownVariant: {
      ...{ type: 'ValidationError', code: 'ValidationError', status: 400 },
      message: 'Variant other not found for Request',
    },
    targets: [[1, 5]],
    policies: ['track'],
    inProgress: validation(`Cannot update in-progress endpoint "${ARN}:endpoint/iris".`),
    config: 'iris-2',
    images: '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1',
    duringUpdate: expect.arrayContaining(['one']),
    afterUpdate: 'two',
    exists: validation(`Cannot create already existing endpoint "${ARN}:endpoint/iris".`),
    noConfig: validation(`Could not find endpoint configuration "${ARN}:endpoint-config/none".`),
    noEndpoint: validation(`Could not find endpoint "${ARN}:endpoint/none".`),
    badName: validation(
      "1 validation error detected: Value '-iris-' at 'endpointName' failed to satisfy constraint: Member must satisfy " +
        'regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}',
    ),
    missing: validation(
      "1 validation error detected: Value null at 'endpointConfigName' failed to satisfy constraint: Member must not be null",
    ),
    badType: { type: 'ClientError', code: 'SerializationException', status: 400, message: expect.any(String) },
    noTarget: {
      ...{ type: 'ObjectNotFoundException', code: 'ObjectNotFoundException', status: 400 },
      message:
        'No scalable target found for service namespace: sagemaker, resource ID: endpoint/none/variant/primary, ' +
        'scalable dimension: sagemaker:variant:DesiredInstanceCount',
    },
    badNamespace: {
      ...validation(/^1 validation error detected: Value 'sage' at 'serviceNamespace'/),
      type: 'ValidationException',
    },
    tags: [{ Key: 'team', Value: 'data' }],
    targetsAfter: [],
    left: [],
  });
}, 60_000);

test('the AWS CLI does the same', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cli-'));
  const { aws, end } = awsCli(environment);
  const status = async () => (await aws('sagemaker', 'describe-endpoint', '--endpoint-name', 'cli'))?.EndpointStatus;
  try {
    const container =
      'Image=000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1,ModelDataUrl=s3://models/one/model.tar.gz';
    const role = 'arn:aws:iam::000000000000:role/sagemaker-execution';
    const named = ['--model-name', 'cli', '--primary-container', container];
    await aws('sagemaker', 'create-model', ...named, '--execution-role-arn', role);
    const variant = 'VariantName=primary,ModelName=cli,InitialInstanceCount=1,InstanceType=ml.m5.large';
    const config = ['--endpoint-config-name', 'cli'];
    await aws('sagemaker', 'create-endpoint-config', ...config, '--production-variants', variant);
    await aws('sagemaker', 'create-endpoint', '--endpoint-name', 'cli', ...config);
    while ((await status()) === 'Creating') await sleep(100);
    expect(await status()).toBe('InService');
    writeFileSync(join(directory, 'request.json'), '{"instances":[[5.1,3.5,1.4,0.2]]}');
    const answered = await aws(
      ...['sagemaker-runtime', 'invoke-endpoint', '--endpoint-name', 'cli', '--content-type', 'application/json'],
      ...['--body', `fileb://${join(directory, 'request.json')}`, join(directory, 'answer.json')],
    );
    expect(answered).toMatchObject({ InvokedProductionVariant: 'primary' });
    expect(JSON.parse(readFileSync(join(directory, 'answer.json'), 'utf8'))).toMatchObject({ model: 'one' });
    provisioningMs = 4_000;
    await aws('sagemaker', 'update-endpoint', '--endpoint-name', 'cli', ...config);
    provisioningMs = 500;
    await expect(aws('sagemaker', 'delete-endpoint', '--endpoint-name', 'cli')).rejects.toThrow(
      /\(ValidationException\) when calling the DeleteEndpoint operation: Cannot update in-progress endpoint/,
    );
    await expect(aws('sagemaker', 'describe-endpoint', '--endpoint-name', 'none')).rejects.toThrow(
      /\(ValidationException\) when calling the DescribeEndpoint operation: Could not find endpoint/,
    );
    while ((await status()) === 'Updating') await sleep(100);
    // Gone at once: the waiter asks again only after 30 s.
    provisioningMs = 0;
    await aws('sagemaker', 'delete-endpoint', '--endpoint-name', 'cli');
    await aws('sagemaker', 'wait', 'endpoint-deleted', '--endpoint-name', 'cli');
  } finally {
    await end();
    rmSync(directory, { recursive: true });
  }
}, 120_000);

test('no request fails while an update replaces the servers under load', async () => {
  provisioningMs = 500;
  const client = { endpoint: served.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const sagemaker = new SageMakerClient(client);
  const runtime = new SageMakerRuntimeClient({ ...client, maxAttempts: 1 });
  const status = async () =>
    (await sagemaker.send(new DescribeEndpointCommand({ EndpointName: 'loaded' }))).EndpointStatus;
  const settled = async () => {
    while ((await status()) !== 'InService') await sleep(100);
  };
  for (const name of ['one', 'two']) {
    const ModelDataUrl = `s3://models/${name}/model.tar.gz`;
    const Image = '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1';
    const ExecutionRoleArn = 'arn:aws:iam::000000000000:role/sagemaker-execution';
    const PrimaryContainer = { Image, ModelDataUrl };
    await sagemaker.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn, PrimaryContainer }));
    const variant = {
      VariantName: 'primary',
      ModelName: name,
      InstanceType: 'ml.m5.large',
      InitialInstanceCount: 1,
    } as const;
    const input = { EndpointConfigName: name, ProductionVariants: [variant] };
    await sagemaker.send(new CreateEndpointConfigCommand(input));
  }
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: 'loaded', EndpointConfigName: 'one' }));
  await settled();
  let done = false;
  const answers: Promise<string[]>[] = [1, 2, 3, 4].map(async () => {
    const models: string[] = [];
    while (!done) {
      const Body = JSON.stringify({ sleep: 0.02 });
      const answer = await runtime.send(new InvokeEndpointCommand({ EndpointName: 'loaded', Body }));
      models.push(JSON.parse(Buffer.from(answer.Body).toString()).model);
    }
    return models;
  });
  await sagemaker.send(new UpdateEndpointCommand({ EndpointName: 'loaded', EndpointConfigName: 'two' }));
  await settled();
  await sleep(300);
  done = true;
  for (const models of await Promise.all(answers)) {
    expect(new Set(models)).toEqual(new Set(['one', 'two']));
    // Once the new model has answered, the old one never does again: the traffic moves all at once.
    expect(models.lastIndexOf('one')).toBeLessThan(models.indexOf('two'));
  }
}, 30_000);

test('a mistake of the simulator itself is an InternalFailure, not a broken connection', async () => {
  const log = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  hosting.interceptor = async () => {
    throw new TypeError('oops');
  };
  const headers = { 'x-amz-target': 'SageMaker.ListModels' };
  const answer = await fetch(served.url, { method: 'POST', headers, body: '{}' });
  hosting.interceptor = undefined;
  expect(answer.status).toBe(500);
  expect(await answer.json()).toMatchObject({ __type: 'InternalFailure' });
  expect(log).toHaveBeenCalledTimes(1);
  log.mockRestore();
});

test('a lost answer breaks the connection after the effect', async () => {
  hosting.interceptor = async (call, next) => {
    const output = await next();
    if (call.operation === 'CreateModel') throw new LostAnswer();
    return output;
  };
  const body = JSON.stringify({
    ModelName: 'lost',
    ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker-execution',
    PrimaryContainer: { Image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:1' },
  });
  const headers = { 'x-amz-target': 'SageMaker.CreateModel' };
  await expect(fetch(served.url, { method: 'POST', headers, body })).rejects.toThrow();
  hosting.interceptor = undefined;
  expect(Object.keys(hosting.snapshot().models)).toContain('lost');
});

test('what the simulator does not know is refused, not ignored', async () => {
  const headers = { 'x-amz-target': 'SageMaker.CreateTrainingJob' };
  const answer = await fetch(served.url, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ __type: 'UnknownOperationException' });
});
