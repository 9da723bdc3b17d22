// The port of asynchronous invocations on the SDK: what it sends, and what it makes of S3's answers.
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { sageMakerAsyncInvocations } from '../../lambdas/aws/sagemaker-async-invocations.ts';

const LOCATIONS = { outputLocation: 's3://bucket/async/iris/output/1.out', failureLocation: 's3://bucket/async/f.out' };

function port(objects: Record<string, string | Error>) {
  const sent: unknown[] = [];
  const s3 = new S3Client({ region: 'us-east-1' });
  const runtime = new SageMakerRuntimeClient({ region: 'us-east-1' });
  Object.assign(s3, {
    send: async (command: GetObjectCommand) => {
      expect(command).toBeInstanceOf(GetObjectCommand);
      sent.push(command.input);
      const found = objects[command.input.Key ?? ''] ?? named('NoSuchKey');
      if (found instanceof Error) throw found;
      return { Body: { transformToString: async () => found } };
    },
  });
  Object.assign(runtime, {
    send: async (command: InvokeEndpointAsyncCommand) => {
      expect(command).toBeInstanceOf(InvokeEndpointAsyncCommand);
      sent.push(command.input);
      return { OutputLocation: LOCATIONS.outputLocation };
    },
  });
  return { sent, ...sageMakerAsyncInvocations(runtime, s3) };
}

const named = (name: string) => Object.assign(new Error('for a test'), { name, $metadata: { httpStatusCode: 403 } });

test('a request goes inline, with its times, and names the folder of its answer', async () => {
  const { sent, submit } = port({});
  const request = { contentType: 'text/csv', body: 'é', inferenceId: 'i', folder: 'rollout-1' };
  expect(await submit('iris', { ...request, timeToLiveSeconds: 60, timeoutSeconds: 10 })).toEqual({
    ...{ outputLocation: LOCATIONS.outputLocation, failureLocation: null },
  });
  expect(sent).toEqual([
    {
      ...{ EndpointName: 'iris', ContentType: 'text/csv', Body: new TextEncoder().encode('é'), InferenceId: 'i' },
      ...{ S3OutputPathExtension: 'rollout-1', CustomAttributes: undefined },
      ...{ RequestTTLSeconds: 60, InvocationTimeoutSeconds: 10 },
    },
  ]);
});

test.each<[string, Record<string, string | Error>, unknown]>([
  ['neither is there', {}, null],
  ['an answer', { 'async/iris/output/1.out': 'yes' }, { succeeded: true, text: 'yes' }],
  ['an empty answer', { 'async/iris/output/1.out': named('InvalidRange') }, { succeeded: true, text: '' }],
  ['a failure', { 'async/f.out': 'why' }, { succeeded: false, text: 'why' }],
])('%s', async (_name, objects, expected) => {
  const { sent, collect } = port(objects);
  expect(await collect(LOCATIONS, 100)).toEqual(expected);
  for (const input of sent) expect(input).toMatchObject({ Range: 'bytes=0-99' });
});

test('where failures are not written, only the answer is looked for', async () => {
  expect(await port({}).collect({ ...LOCATIONS, failureLocation: null }, 100)).toBeNull();
});

test('an object that may not be read is an error, and no missing answer', async () => {
  const { collect } = port({ 'async/iris/output/1.out': named('AccessDenied') });
  await expect(collect(LOCATIONS, 100)).rejects.toMatchObject({ name: 'AccessDenied' });
});
