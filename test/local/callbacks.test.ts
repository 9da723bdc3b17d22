// MiniStack's callback states and events of SageMaker, as they are corrected: a machine and a function of the test's own.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AddPermissionCommand, CreateFunctionCommand } from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { EndpointEvent } from '../../local/hosting/endpoint-event.ts';
import { endpointEventSender } from '../../local/hosting-service/endpoint-event-sender.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack/ministack.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { zip } from '../../local/ministack/zip.ts';
import { freePort } from '../../local/process/free-port.ts';

const SECRET = 'only SageMaker knows it';
const WAIT_SCALE = 0.01;
const ACCOUNT = 'arn:aws:iam::000000000000:role';

let directory: string;
let ministack: MiniStack;
let clients: ReturnType<typeof ministackClients>;
let states: SFNClient;
/** What the function was invoked with, as it says itself. */
const told: Record<string, unknown>[] = [];
let ear: Server;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ministack-callbacks-'));
  ear = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        told.push(JSON.parse(Buffer.concat(chunks).toString()));
        response.end();
      });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => ear.once('listening', resolve));
  const { port: earPort } = ear.address() as { port: number };
  const port = await freePort();
  const sageMakerSecret = SECRET;
  const endpointUrl = `http://127.0.0.1:${earPort}`;
  ministack = await startMiniStack({ port, endpointUrl, directory, sageMakerSecret, waitScale: WAIT_SCALE });
  clients = ministackClients(port);
  states = new SFNClient({
    ...{ endpoint: `https://127.0.0.1:${port}`, region: 'us-east-1', maxAttempts: 1 },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpsAgent: new Agent({ rejectUnauthorized: false }) },
  });
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
        Principal: { Service: ['lambda.amazonaws.com', 'states.amazonaws.com'] },
      },
    ],
  });
  await clients.iam.send(new CreateRoleCommand({ RoleName: 'all', AssumeRolePolicyDocument }));
  const code = `exports.handler = async (event) => {
    await fetch('${endpointUrl}', { method: 'POST', body: JSON.stringify({ ...event, environment: process.env.MINISTACK_SAGEMAKER_SECRET }) });
    if (event.fails) throw new Error('broken');
    return { ignored: true };
  };`;
  await clients.lambda.send(
    new CreateFunctionCommand({
      ...{
        FunctionName: 'await',
        Role: `${ACCOUNT}/all`,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Timeout: 30,
      },
      Code: { ZipFile: zip([{ path: 'index.js', content: Buffer.from(code), mode: 0o644 }]) },
    }),
  );
}, 60_000);

afterAll(async () => {
  await ministack.stop();
  for (const client of [...Object.values(clients), states]) client.destroy();
  ear.close();
  await rm(directory, { recursive: true, force: true });
});

let machines = 0;
/** Starts a machine of one callback state, which writes what ended it under the error's name or `woken`. */
async function start(input: object, state: object = {}) {
  const Await = {
    ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', TimeoutSeconds: 6_000 },
    Parameters: {
      FunctionName: 'arn:aws:lambda:us-east-1:000000000000:function:await',
      Payload: { 'taskToken.$': '$$.Task.Token', 'fails.$': '$.fails', 'id.$': '$$.Execution.Name' },
    },
    ...{ ResultPath: '$.woken', End: true },
    ...state,
  };
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({
      ...{ name: `machine-${++machines}`, roleArn: `${ACCOUNT}/all` },
      definition: JSON.stringify({ StartAt: 'Await', States: { Await } }),
    }),
  );
  const name = `execution-${machines}`;
  const { executionArn } = await states.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify({ fails: false, ...input }) }),
  );
  /** Of the n-th try, once the function has it. */
  const token = async (nth = 0): Promise<string> => {
    const of = () => told.filter(({ id }) => id === name);
    for (let look = 0; of().length <= nth && look < 200; look++) await sleep(50);
    return String(of()[nth]!.taskToken);
  };
  const ended = async () => {
    for (let look = 0; look < 200; look++) {
      const described = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (described.status !== 'RUNNING') return described;
      await sleep(50);
    }
    throw new Error(`${name} did not end`);
  };
  return { executionArn: executionArn!, token, ended };
}

const refused = (call: Promise<unknown>) => call.then(() => null).catch((error: Error) => error.name);
const succeed = (taskToken: string, output = '{"by":"test"}') =>
  refused(states.send(new SendTaskSuccessCommand({ taskToken, output })));
const fail = (taskToken: string, error = 'Boom') =>
  refused(states.send(new SendTaskFailureCommand({ taskToken, error, cause: 'It broke.' })));
const heartbeat = (taskToken: string) => refused(states.send(new SendTaskHeartbeatCommand({ taskToken })));

test('an answer ends the state with its output, and is good once', async () => {
  const { token, ended } = await start({});
  const taskToken = await token();
  expect(await heartbeat(taskToken)).toBeNull();
  expect(await succeed(taskToken, 'woken')).toBe('InvalidOutput');
  expect(await succeed(taskToken)).toBeNull();
  expect([await succeed(taskToken), await fail(taskToken), await heartbeat(taskToken)]).toEqual(
    Array(3).fill('TaskTimedOut'),
  );
  expect(await ended()).toMatchObject({ status: 'SUCCEEDED', output: '{"fails": false, "woken": {"by": "test"}}' });
  expect(await succeed('another')).toBe('InvalidToken');
});

test('a failure that is sent is the error of the state', async () => {
  const { token, ended } = await start({});
  expect(await fail(await token())).toBeNull();
  expect(await ended()).toMatchObject({ status: 'FAILED', error: 'Boom', cause: 'It broke.' });
});

test('the error of the function ends the state; each try has a token of its own', async () => {
  const Retry = [{ ErrorEquals: ['States.TaskFailed'], IntervalSeconds: 1, MaxAttempts: 1 }];
  const { token, ended } = await start({ fails: true }, { Retry });
  const { status, error, cause } = await ended();
  expect(status).toBe('FAILED');
  expect(error).not.toBe('States.Timeout');
  expect(cause).toContain('broken');
  expect(await token(0)).not.toBe(await token(1));
  expect([await succeed(await token(0)), await succeed(await token(1))]).toEqual(['TaskTimedOut', 'TaskTimedOut']);
});

test.each([
  ['TimeoutSeconds', { TimeoutSeconds: 200 }],
  ['TimeoutSecondsPath', { TimeoutSeconds: undefined, TimeoutSecondsPath: '$.seconds' }],
])('%s is heeded, and scaled as waits are', async (_name, state) => {
  const { token, ended } = await start({ seconds: 200 }, state);
  const taskToken = await token();
  const { status, error, startDate, stopDate } = await ended();
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  expect(stopDate!.getTime() - startDate!.getTime()).toBeLessThan(20_000);
  expect(await succeed(taskToken)).toBe('TaskTimedOut');
});

test('whoever answers an execution that was stopped is refused', async () => {
  const { executionArn, token, ended } = await start({});
  const taskToken = await token();
  await states.send(new StopExecutionCommand({ executionArn }));
  expect(await succeed(taskToken)).toBe('TaskTimedOut');
  // Its thread has learned of it by then, and has changed nothing.
  await sleep(1_500);
  expect((await ended()).status).toBe('ABORTED');
});

test('an event of SageMaker’s comes through the rule to the function, from who knows the secret', async () => {
  const Source = 'aws.sagemaker';
  const EventPattern = JSON.stringify({ source: [Source], 'detail-type': ['SageMaker Endpoint State Change'] });
  const { RuleArn } = await clients.eventBridge.send(new PutRuleCommand({ Name: 'wake', EventPattern }));
  const Arn = 'arn:aws:lambda:us-east-1:000000000000:function:await';
  await clients.eventBridge.send(new PutTargetsCommand({ Rule: 'wake', Targets: [{ Id: 'await', Arn }] }));
  await clients.lambda.send(
    new AddPermissionCommand({
      ...{ FunctionName: 'await', StatementId: 'rule', Action: 'lambda:InvokeFunction' },
      ...{ Principal: 'events.amazonaws.com', SourceArn: RuleArn },
    }),
  );
  const event: EndpointEvent = {
    ...{ at: Date.now(), source: Source, 'detail-type': 'SageMaker Endpoint State Change' },
    resources: ['arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris'],
    detail: {
      ...{ EndpointName: 'iris', EndpointArn: 'arn:aws:sagemaker:us-east-1:000000000000:endpoint/iris' },
      ...{ EndpointConfigName: 'iris-1', EndpointStatus: 'IN_SERVICE', ProductionVariants: [] },
      ...{ CreationTime: 1, LastModifiedTime: 2, Tags: {} },
    },
  };
  const lost: string[] = [];
  const send = (secret: string) =>
    endpointEventSender(clients.eventBridge, { secret, delivery: () => [0], lost: (why) => lost.push(why) }).send(
      event,
    );
  send('a guess');
  for (let look = 0; lost.length === 0 && look < 100; look++) await sleep(50);
  expect(lost).toEqual(['Not authorized for the source.']);
  const of = () => told.filter((each) => each.source === Source);
  expect(of()).toEqual([]);
  send(SECRET);
  for (let look = 0; of().length === 0 && look < 200; look++) await sleep(50);
  expect(of()).toMatchObject([
    { source: Source, 'detail-type': event['detail-type'], resources: event.resources, detail: event.detail },
  ]);
  // The secret is not in a function's environment.
  expect(of()[0]!.environment).toBeUndefined();
  const Entries = [{ Source, DetailType: 'SageMaker Endpoint State Change', Detail: '{}' }];
  expect(await clients.eventBridge.send(new PutEventsCommand({ Entries }))).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ ErrorCode: 'NotAuthorizedForSourceException' }],
  });
});
