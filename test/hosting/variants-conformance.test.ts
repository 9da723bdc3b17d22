/** Unchanged boto3 and AWS CLI take an endpoint of two variants through an A/B test, with a process for each variant. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CaptureFile } from '../../local/hosting/data-capture.ts';
import { awsCli } from './aws-cli.ts';
import { pythonProgram } from './python.ts';
import { FIXTURES, servedHosting } from './served-hosting.ts';

const files: CaptureFile[] = [];
let on: Awaited<ReturnType<typeof servedHosting>>;

/** Longer than any caller takes until it is refused; that refusal ends it. */
const SCALING_MS = 600_000;
let leapt = 0;

beforeAll(async () => {
  on = await servedHosting({
    now: () => Date.now() + leapt,
    provisioning: ({ change }) => (change === 'scale' ? SCALING_MS : 300),
    capture: async (file) => void files.push(file),
    interceptor: async (_call, next) => {
      try {
        return await next();
      } catch (error) {
        if ((error as Error).message === IN_PROGRESS) leapt += SCALING_MS;
        throw error;
      }
    },
  });
});

afterAll(() => on?.served.close());

const validation = (message: unknown) => ['ValidationException', message];
const IN_PROGRESS = 'Cannot update in-progress endpoint "arn:aws:sagemaker:us-east-1:000000000000:endpoint/ab".';
const TWICE = 'The variant name "one" was non-unique within the request.';
const UNKNOWN = 'The variant name(s) "three" is/are not present within endpoint configuration "ab".';

test('boto3 moves weights and counts, aims at a variant of weight 0, and is refused in AWS’s words', async () => {
  const urls = ['s3://models/one/model.tar.gz', 's3://models/two/model.tar.gz'];
  const { stdout } = await promisify(execFile)(pythonProgram('python'), [join(FIXTURES, 'variants.py'), ...urls], {
    env: on.environment,
  });
  expect(JSON.parse(stdout)).toEqual({
    allZero: validation(expect.stringMatching(/weight greater than 0/)),
    started: { one: [1, 1, 1, 1], two: [0, 0, 1, 1] },
    byWeight: ['one', 'one'],
    byName: ['two', 'two'],
    ownProcesses: true,
    unknownTarget: ['ValidationError', 'Variant three not found for Request'],
    twice: validation(TWICE),
    unknown: validation(UNKNOWN),
    notServerless: validation(expect.stringMatching(/instance-based/)),
    updating: ['Updating', { one: [1, 1, 1, 1], two: [0, 3, 1, 2] }],
    inProgress: validation(IN_PROGRESS),
    updated: { one: [1, 1, 1, 1], two: [3, 3, 2, 2] },
    shared: ['one', 'two'],
    namesChanged: validation(expect.stringMatching(/variant names/)),
    alone: { one: [1, 1, 1, 1] },
  });
  const lines = files
    .filter(({ key }) => key.startsWith('here/ab/two/'))
    .flatMap(({ body }) => body.trimEnd().split('\n'))
    .map((line) => JSON.parse(line));
  expect(lines[0]).toMatchObject({
    captureData: { endpointInput: { data: '{}', encoding: 'JSON' }, endpointOutput: { encoding: 'JSON' } },
    eventMetadata: { inferenceId: 'golden-1' },
  });
}, 60_000);

test('the AWS CLI does the same', async () => {
  const { aws, end } = awsCli(on.environment);
  const endpoint = ['--endpoint-name', 'ab'];
  const settled = async () => {
    for (;;) {
      const described = await aws('sagemaker', 'describe-endpoint', ...endpoint);
      if (described?.EndpointStatus === 'InService') return described;
    }
  };
  const change = (...wanted: string[]) =>
    aws(
      ...['sagemaker', 'update-endpoint-weights-and-capacities', ...endpoint],
      ...['--desired-weights-and-capacities', ...wanted],
    );
  try {
    await aws('sagemaker', 'update-endpoint', ...endpoint, '--endpoint-config-name', 'ab');
    await settled();
    await expect(change('VariantName=one', 'VariantName=one')).rejects.toThrow(
      `(ValidationException) when calling the UpdateEndpointWeightsAndCapacities operation: ${TWICE}`,
    );
    await expect(change('VariantName=three,DesiredWeight=1')).rejects.toThrow(UNKNOWN);
    await change('VariantName=one,DesiredWeight=0', 'VariantName=two,DesiredWeight=1,DesiredInstanceCount=2');
    await expect(change('VariantName=one,DesiredWeight=1')).rejects.toThrow(IN_PROGRESS);
    const { ProductionVariants: variants } = await settled();
    expect(variants).toMatchObject([
      { VariantName: 'one', CurrentWeight: 0, CurrentInstanceCount: 1 },
      { VariantName: 'two', CurrentWeight: 1, CurrentInstanceCount: 2 },
    ]);
    const invoke = (...parameters: string[]) =>
      aws(...['sagemaker-runtime', 'invoke-endpoint', ...endpoint, '--body', '{}'], ...[...parameters, '/dev/null']);
    expect(await invoke()).toMatchObject({ InvokedProductionVariant: 'two' });
    expect(await invoke('--target-variant', 'one')).toMatchObject({ InvokedProductionVariant: 'one' });
    await expect(invoke('--target-variant', 'three')).rejects.toThrow('Variant three not found for Request');
  } finally {
    await end();
  }
}, 60_000);
