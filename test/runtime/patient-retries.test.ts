// The retries of clients whose rate AWS limits, asked for by the real clients: who has not begun gives way, who has goes on.
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeEndpointCommand, SageMakerClient } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { sageMakerClient, sageMakerRuntimeClient } from '../../lambdas/aws/clients.ts';
import { noRetries, rateLimitRetries } from '../../lambdas/aws/rate-limit-retry-strategy.ts';
import { sageMakerEndpoints } from '../../lambdas/aws/sagemaker-endpoints.ts';
import { MILLISECONDS_FOR_A_CALL } from '../../lambdas/core/call-time-budget.ts';
import { beginRun, functionRun } from '../../lambdas/runtime/function-run.ts';
import { Refusal, sdkAnswers } from './sdk-answers.ts';

const THROTTLED = new Refusal('ThrottlingException');
const MISSING = new Refusal('ValidationException', 400, { message: 'Could not find endpoint "x".' });
const ANSWER = {};

/** One run of a function; each call meets the next of `answers`, and takes so long. */
function run(answers: (object | Refusal)[], { milliseconds = 100, remaining = 60_000, random = 0 } = {}) {
  let left = remaining;
  const of = { isAnswered: false, remainingMilliseconds: () => left };
  const { options, calls } = sdkAnswers(() => {
    left -= milliseconds;
    const next = answers[Math.min(calls.length, answers.length) - 1]!;
    if (next instanceof Refusal) throw next;
    return next;
  });
  const limited = { ...options, maxAttempts: undefined, retryStrategy: rateLimitRetries(of, () => random) };
  const sageMaker = new SageMakerClient(limited);
  const scaling = new ApplicationAutoScalingClient(limited);
  const describe = () => sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }));
  return { of, calls, describe, scaling };
}

test('the first call of a run is tried twice, and leaves the waiting to Step Functions', async () => {
  const { describe, calls } = run([THROTTLED]);
  await expect(describe()).rejects.toMatchObject({ name: 'ThrottlingException', $metadata: { attempts: 2 } });
  expect(calls).toHaveLength(2);
});

test.each([
  ['an answer', ANSWER],
  ['an error that is an answer', MISSING],
])('after %s it goes on until its time is nearly over, and keeps enough for a change', async (_, first) => {
  const { describe, calls, of } = run([first, THROTTLED], { milliseconds: 500 });
  await describe().catch(() => {});
  await expect(describe()).rejects.toMatchObject({ name: 'ThrottlingException' });
  // 40 s of 60, a call each 500 ms.
  expect(calls).toHaveLength(81);
  expect(of.remainingMilliseconds()).toBeLessThan(MILLISECONDS_FOR_A_CALL + 3_000);
  expect(of.remainingMilliseconds()).toBeGreaterThan(MILLISECONDS_FOR_A_CALL);
});

test('the answer of one service counts for the other', async () => {
  const { describe, scaling, calls } = run([ANSWER, THROTTLED, THROTTLED, THROTTLED, ANSWER]);
  await describe();
  await scaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' }));
  expect(calls).toHaveLength(5);
});

test('what does not pass is not tried again, a used-up quota neither', async () => {
  const limit = run([new Refusal('LimitExceededException')]);
  const target = { ServiceNamespace: 'sagemaker', ResourceId: 'r', ScalableDimension: 'sagemaker:variant:x' } as const;
  const register = limit.scaling.send(new RegisterScalableTargetCommand(target as never));
  await expect(register).rejects.toMatchObject({ name: 'LimitExceededException' });
  expect(limit.calls).toHaveLength(1);
  const missing = run([MISSING]);
  await expect(missing.describe()).rejects.toMatchObject({ name: 'ValidationException' });
  expect(missing.calls).toHaveLength(1);
});

test('an error of the service is met three times at most, however patient', async () => {
  const { describe, calls } = run([ANSWER, new Refusal('InternalFailure', 500)]);
  await describe();
  await expect(describe()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  expect(calls).toHaveLength(4);
});

test('pauses are of half a second on average, and those between errors short', async () => {
  const of = { isAnswered: true, remainingMilliseconds: () => 60_000 };
  const { refreshRetryTokenForRetry, acquireInitialRetryToken } = rateLimitRetries(of, () => 0.5);
  let token = await acquireInitialRetryToken('');
  const pauses: number[] = [];
  for (let count = 0; count < 4; count++) {
    token = await refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
    pauses.push(token.getRetryDelay());
  }
  expect(pauses).toEqual([500, 500, 500, 500]);
  const transient = await refreshRetryTokenForRetry(await acquireInitialRetryToken(''), { errorType: 'TRANSIENT' });
  expect(transient.getRetryDelay()).toBe(25);
});

test('a model that was asked makes the calls after it worth waiting for, and is asked once', async () => {
  const of = { isAnswered: false, remainingMilliseconds: () => 60_000 };
  const asked: unknown[] = [];
  const handle = async (request: unknown) => {
    asked.push(request);
    return { response: { statusCode: 503, headers: {}, body: Buffer.from('{}') } };
  };
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const client = new SageMakerRuntimeClient({
    ...{ region: 'eu-west-1', credentials, retryStrategy: noRetries(of), requestHandler: { handle } as never },
  });
  await expect(client.send(new InvokeEndpointCommand({ EndpointName: 'iris', Body: '{}' }))).rejects.toThrow();
  expect(asked).toHaveLength(1);
  expect(of.isAnswered).toBe(true);
});

test('the clients of the functions have them, and each invocation begins anew', async () => {
  process.env.AWS_REGION = 'eu-west-1';
  const { calls, options } = sdkAnswers(() => {
    throw THROTTLED;
  });
  const client = sageMakerClient(functionRun);
  Object.assign(client.config, {
    requestHandler: options.requestHandler,
    credentials: async () => options.credentials,
  });
  expect(await sageMakerRuntimeClient(functionRun).config.retryStrategy()).toHaveProperty('recordSuccess');
  beginRun(() => 60_000);
  functionRun.isAnswered = true;
  beginRun(() => 60_000);
  await expect(sageMakerEndpoints(client).describe('iris')).rejects.toMatchObject({ name: 'Throttled' });
  expect(calls).toHaveLength(2);
});
