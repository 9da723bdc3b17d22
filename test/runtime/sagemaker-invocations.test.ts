// One invocation: the model's errors are answers, with their original status and log stream.
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { sageMakerInvocations } from '../../lambdas/aws/sagemaker-invocations.ts';
import { virtualClock } from '../ports/clock.ts';

type Sent = { headers: Record<string, string> };

function invocations(statusCode: number, errorType: string | null, body: object, see: (sent: Sent) => void = () => {}) {
  const handle = async (request: Sent) => ({
    response: {
      statusCode,
      headers: { 'content-type': 'application/json', ...(errorType === null ? {} : { 'x-amzn-errortype': errorType }) },
      body: Buffer.from(JSON.stringify(body)),
    },
    seen: see(request),
  });
  const client = new SageMakerRuntimeClient({
    region: 'eu-west-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 's' },
    maxAttempts: 1,
    requestHandler: { handle } as never,
  });
  return sageMakerInvocations(client, virtualClock());
}
const ask = (port: ReturnType<typeof invocations>) =>
  port.invoke('iris', { contentType: 'application/json', body: '{}' });

test('an error of the model is an answer: status, message and log stream of the container', async () => {
  const LogStreamArn = 'arn:aws:logs:eu-west-1:1:log-group:/aws/sagemaker/Endpoints/iris';
  const port = invocations(424, 'ModelError', {
    Message: 'Received server error (500) from primary',
    OriginalStatusCode: 500,
    OriginalMessage: 'boom',
    LogStreamArn,
  });
  expect(await ask(port)).toEqual({
    status: 500,
    body: 'boom',
    latencyMilliseconds: 0,
    modelSha256: null,
    logStreamArn: LogStreamArn,
  });
});

test('attributes and the id go with the request; of the answer comes as much as was asked for', async () => {
  const sent: Sent[] = [];
  const port = invocations(200, null, { long: 'x'.repeat(100_000) }, (request) => sent.push(request));
  const request = { contentType: 'application/json', body: '{}' };
  expect((await port.invoke('iris', request)).body).toHaveLength(65_536);
  const more = { inferenceId: 'id-1', customAttributes: 'describe=true', maximumCharacters: 70_000 };
  expect((await port.invoke('iris', { ...request, ...more })).body).toHaveLength(70_000);
  expect(sent[0]!.headers).not.toHaveProperty('x-amzn-sagemaker-custom-attributes');
  expect(sent[1]!.headers).toMatchObject({
    'x-amzn-sagemaker-custom-attributes': 'describe=true',
    'x-amzn-sagemaker-inference-id': 'id-1',
  });
});

test('an error of which SageMaker says little is a 500', async () => {
  const port = invocations(424, 'ModelError', { Message: 'Received server error' });
  expect(await ask(port)).toMatchObject({ status: 500, logStreamArn: null });
});

test.each([
  [429, 'ModelNotReadyException', 'NotReady'],
  [500, 'InternalFailure', 'ServiceUnavailable'],
  [400, 'ThrottlingException', 'Throttled'],
])('%s %s is %s', async (status, type, name) => {
  await expect(ask(invocations(status, type, { Message: 'm' }))).rejects.toMatchObject({ name });
});
