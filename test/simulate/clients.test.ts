// A call that goes to the hosting simulator directly is answered as through the real SDK client and its HTTP messages.
import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
  DescribeScheduledActionsCommand,
  PutScalingPolicyCommand,
  PutScheduledActionCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DeleteEndpointConfigCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListTagsCommand,
  paginateListTags,
  SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { AwsError } from '../../local/hosting/aws-error.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { callHosting } from '../../simulate/world/aws/hosting-calls.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';
import { errorTypeOf } from '../../simulate/world/invocation.ts';
import { Refusal, sdkAnswers } from '../runtime/sdk-answers.ts';

interface Trio {
  sageMaker: SageMakerClient;
  autoScaling: ApplicationAutoScalingClient;
  runtime: SageMakerRuntimeClient;
  pass: (milliseconds: number) => void;
}

function account() {
  let now = Date.UTC(2026, 0, 1);
  let status = 200;
  const hosting = new Hosting({
    now: () => now,
    provisioning: () => 1_000,
    fleet: new InProcessFleet({ answer: () => ({ status, body: '{"flower":"iris"}' }) }),
  });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  const fail = () => {
    status = 503;
  };
  return { hosting, pass, fail };
}

function real() {
  const { hosting, pass, fail } = account();
  const client = { ...hosting.client(), maxAttempts: 1 };
  return {
    ...{ pass, fail, sageMaker: new SageMakerClient(client), autoScaling: new ApplicationAutoScalingClient(client) },
    runtime: new SageMakerRuntimeClient(client),
  };
}

function direct() {
  const { hosting, pass, fail } = account();
  const clients = new Clients(async (service, operation, input) => {
    try {
      return await callHosting(hosting, service as 'sagemaker', operation, input);
    } catch (error) {
      throw sdkError(error);
    }
  });
  return { pass, fail, sageMaker: clients.sageMaker, autoScaling: clients.autoScaling, runtime: clients.runtime };
}

const variant = {
  ServiceNamespace: 'sagemaker',
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
  ResourceId: 'endpoint/iris/variant/primary',
} as const;
const production = {
  VariantName: 'primary',
  ModelName: 'model',
  InstanceType: 'ml.m5.large',
  InitialInstanceCount: 2,
} as const;
const arn = 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris';

/** A life with all that adapters ask for: dates both ways, maps, lists, absent members, bodies, and each kind of error. */
const life: ((trio: Trio & { fail: () => void }) => Promise<unknown>)[] = [
  ({ sageMaker }) => sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' })),
  ({ sageMaker }) => sageMaker.send(new CreateModelCommand({ ModelName: 'no_underscores', ExecutionRoleArn: 'short' })),
  ({ sageMaker }) =>
    sageMaker.send(
      new CreateModelCommand({
        ModelName: 'model',
        ExecutionRoleArn: 'arn:aws:iam::000000000000:role/execution',
        PrimaryContainer: {
          Image: '000000000000.dkr.ecr.us-east-1.amazonaws.com/serving:one',
          Environment: { LEVEL: 'info' },
          ModelDataUrl: undefined,
        },
        Tags: [{ Key: 'team', Value: 'flowers' }],
      }),
    ),
  ({ sageMaker }) => sageMaker.send(new DescribeModelCommand({ ModelName: 'model' })),
  ({ sageMaker }) =>
    sageMaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'one', ProductionVariants: [production] })),
  ({ sageMaker }) =>
    sageMaker.send(new CreateEndpointConfigCommand({ EndpointConfigName: 'one', ProductionVariants: [production] })),
  ({ sageMaker }) => sageMaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName: 'one' })),
  ({ sageMaker }) => sageMaker.send(new CreateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'one' })),
  ({ sageMaker }) => sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' })),
  ({ sageMaker }) => sageMaker.send(new UpdateEndpointCommand({ EndpointName: 'iris', EndpointConfigName: 'one' })),
  async ({ pass }) => pass(5_000),
  ({ sageMaker }) => sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' })),
  ({ sageMaker }) => sageMaker.send(new AddTagsCommand({ ResourceArn: arn, Tags: [{ Key: 'a', Value: 'b' }] })),
  ({ sageMaker }) => sageMaker.send(new ListTagsCommand({ ResourceArn: arn })),
  async ({ sageMaker }) => {
    const pages: unknown[] = [];
    for await (const page of paginateListTags({ client: sageMaker }, { ResourceArn: arn })) pages.push(page.Tags);
    return pages;
  },
  ({ autoScaling }) =>
    autoScaling.send(new RegisterScalableTargetCommand({ ...variant, MinCapacity: 2, MaxCapacity: 4 })),
  ({ autoScaling }) =>
    autoScaling.send(
      new PutScalingPolicyCommand({
        ...variant,
        PolicyName: 'policy',
        PolicyType: 'TargetTrackingScaling',
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 70,
          PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
        },
      }),
    ),
  ({ autoScaling }) =>
    autoScaling.send(
      new PutScheduledActionCommand({
        ...variant,
        ScheduledActionName: 'once',
        Schedule: 'at(2027-01-01T00:00:00)',
        StartTime: new Date('2026-06-01T12:00:00.500Z'),
        ScalableTargetAction: { MinCapacity: 2 },
      }),
    ),
  ({ autoScaling }) => autoScaling.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'sagemaker' })),
  ({ autoScaling }) => autoScaling.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: 'sagemaker' })),
  ({ autoScaling }) => autoScaling.send(new DescribeScheduledActionsCommand({ ServiceNamespace: 'sagemaker' })),
  async ({ runtime }) => {
    const command = new InvokeEndpointCommand({ EndpointName: 'iris', ContentType: 'application/json', Body: '{}' });
    const { Body, ...rest } = await runtime.send(command);
    return { ...rest, text: Body?.transformToString() };
  },
  async ({ runtime, fail }) => {
    fail();
    return runtime.send(
      new InvokeEndpointCommand({ EndpointName: 'iris', ContentType: 'application/json', Body: '{}' }),
    );
  },
  ({ runtime }) => runtime.send(new InvokeEndpointCommand({ EndpointName: 'none', Body: '{}' })),
  ({ sageMaker }) => sageMaker.send(new DeleteEndpointConfigCommand({ EndpointConfigName: 'two' })),
];

/** Without what is drawn anew: request ids, and the ids in ARNs of policies and actions. */
function comparable(value: unknown): unknown {
  const text = JSON.stringify(value, (key, member) => {
    if (key === '$metadata') return { httpStatusCode: member.httpStatusCode ?? 200 };
    return typeof member === 'string' ? member.replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{30,}/g, '<id>') : member;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

async function lived(trio: ReturnType<typeof real>): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const step of life) {
    answers.push(
      await step(trio).then(
        (output) => ({ output: comparable({ $metadata: {}, ...(output as object) }) }),
        (error) => ({
          error: comparable({
            ...error,
            name: error.name,
            message: error.message,
            $response: undefined,
            __type: undefined,
            Message: undefined,
          }),
          isError: error instanceof Error,
          class: error.name === 'ModelError' ? error.constructor.name : null,
        }),
      ),
    );
  }
  return answers;
}

test('outputs and errors are the same', async () => {
  const [theirs, ours] = [await lived(real()), await lived(direct())];
  expect(ours).toHaveLength(life.length);
  for (const [index, answer] of ours.entries()) expect([index, answer]).toEqual([index, theirs[index]]);
});

test.each([
  ['ThrottlingException', 400],
  ['TooManyRequestsException', 400],
  ['ValidationException', 400],
  ['AccessDeniedException', 400],
  ['ResourceLimitExceeded', 400],
  ['InternalFailure', 500],
  ['ServiceUnavailable', 503],
])('%s is sorted as the SDK sorts it, which decides whether the call is tried again', async (code, status) => {
  const seen: string[] = [];
  const retryStrategy = {
    acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
    refreshRetryTokenForRetry: async (_: unknown, { errorType }: { errorType: string }) => {
      seen.push(errorType);
      throw new Error();
    },
    recordSuccess: () => {},
  };
  const { options } = sdkAnswers(() => {
    throw new Refusal(code, status);
  });
  const client = new SageMakerClient({ ...options, retryStrategy });
  await client.send(new DescribeEndpointCommand({ EndpointName: 'iris' })).catch(() => {});
  expect(seen).toEqual([errorTypeOf(sdkError(new AwsError(code, 'm')) as Error)]);
});
