// Asynchronous endpoints from request to outcome: verified through their queue, on the candidate first, and taken back.
import type { ContainerAnswer } from '../../local/hosting/fleet.ts';
import type { HostingOptions } from '../../local/hosting/hosting.ts';
import { callHosting } from '../../simulate/world/aws/hosting-calls.ts';
import { ANSWERS_TOPIC, FAILURES_TOPIC, KEY_ARN } from '../../simulate/world/stack-names.ts';
import type { ResolvedHosting } from '../../state-machine/contract/resolved-request.ts';
import { aDescription } from '../core/a-description.ts';
import { answerOf, goldenCasesOf, RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const hosting: ResolvedHosting = {
  ...{ type: 'async', instanceType: 'ml.m5.large', instanceCount: 1, startupTimeoutSeconds: null },
  ...{ downloadTimeoutSeconds: null, maximumConcurrentInvocationsPerInstance: 4 },
};
const request: Wish['request'] = { hosting, scaling: null };

const account = (options: HostingOptions = {}) => new RolloutAccount(options);
const rollOut = (at: RolloutAccount, wish: Wish = {}) =>
  at.rollOut({ ...wish, request: { ...request, ...wish.request } });
async function serving(): Promise<RolloutAccount> {
  const at = account();
  expect(await rollOut(at)).toMatchObject({ succeeded: true });
  at.hosting.calls.length = 0;
  return at;
}
const inputsOf = (at: RolloutAccount, operation: string) =>
  at.hosting.calls.filter((call) => call.operation === operation).map(({ input }) => input);
const isCandidate = (name: unknown) => String(name).startsWith('iris-k-');

test('a first rollout: the configuration has the queue, and the golden cases come back through it', async () => {
  const at = account();
  const ended = await rollOut(at);
  expect(ended).toMatchObject({ succeeded: true, retried: [], outcome: { outcome: 'deployed', verified: 'golden' } });
  expect(inputsOf(at, 'CreateEndpointConfig')).toMatchObject([
    {
      AsyncInferenceConfig: {
        OutputConfig: {
          S3OutputPath: expect.stringMatching(/^s3:\/\/[^/]+\/async\/iris\/output\/$/),
          S3FailurePath: expect.stringMatching(/^s3:\/\/[^/]+\/async\/iris\/failures\/$/),
        },
        ClientConfig: { MaxConcurrentInvocationsPerInstance: 4 },
      },
    },
  ]);
  expect(inputsOf(at, 'InvokeEndpoint')).toEqual([]);
  expect(inputsOf(at, 'InvokeEndpointAsync')).toMatchObject([
    { EndpointName: 'iris', S3OutputPathExtension: 'rollout-1', RequestTTLSeconds: 3_000 },
  ]);
  expect(ended.states.filter((state) => state === 'WaitForCanary')).toHaveLength(1);
  expect(at.ungranted).toEqual([]);
});

test('topics and a key are of the configuration; the candidate writes with the key too, and nobody hears of it', async () => {
  const at = account();
  const notifications = {
    ...{ successTopicArn: ANSWERS_TOPIC, errorTopicArn: FAILURES_TOPIC },
    includeInferenceResponseIn: ['error' as const],
  };
  const asked = { hosting: { ...hosting, notifications }, answersKmsKeyArn: KEY_ARN };
  expect(await rollOut(at)).toMatchObject({ succeeded: true });
  at.hosting.calls.length = 0;
  // The same model: only what it writes and whom it tells is new.
  expect((await rollOut(at, { request: asked })).outcome).toMatchObject({ outcome: 'deployed', verified: 'golden' });
  const outputs = inputsOf(at, 'CreateEndpointConfig').map((input) => {
    const { OutputConfig } = input.AsyncInferenceConfig as { OutputConfig: object };
    return [isCandidate(input.EndpointConfigName), OutputConfig] as const;
  });
  expect(outputs).toHaveLength(2);
  for (const [isOfCandidate, OutputConfig] of outputs) {
    expect(OutputConfig).toMatchObject({ KmsKeyId: KEY_ARN });
    if (isOfCandidate) expect(OutputConfig).not.toHaveProperty('NotificationConfig');
    else
      expect(OutputConfig).toMatchObject({
        NotificationConfig: {
          ...{ SuccessTopic: ANSWERS_TOPIC, ErrorTopic: FAILURES_TOPIC },
          IncludeInferenceResponseIn: ['ERROR_NOTIFICATION_TOPIC'],
        },
      });
  }
  expect(await rollOut(at, { request: asked })).toMatchObject({ outcome: { outcome: 'unchanged' } });
});

test('where the execution role may not publish, the update stays on the configuration before, and says what to add', async () => {
  const refusal = `The provided role 'arn:aws:iam::000000000000:role/execution' is invalid. Please ensure that the role exists, that its trust relationship policy allows the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com", and has "sns:Publish" permissions for topic "${ANSWERS_TOPIC}".`;
  const at = account({ obstacleTo: async ({ topics }) => (topics.includes(ANSWERS_TOPIC) ? refusal : undefined) });
  expect(await rollOut(at)).toMatchObject({ succeeded: true });
  const before = at.alive();
  const asked = { hosting: { ...hosting, notifications: { successTopicArn: ANSWERS_TOPIC } } };
  const { outcome } = await rollOut(at, { request: asked });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', left: [], explanation: { cause: 'permissionMissing' } });
  expect(outcome?.explanation?.nextStep).toContain(
    `{"Effect":"Allow","Action":"sns:Publish","Resource":"${ANSWERS_TOPIC}"}`,
  );
  expect(at.alive()).toEqual(before);
});

test('an update is verified on a candidate with a queue of its own before the live endpoint is touched', async () => {
  const at = await serving();
  expect(await rollOut(at, { artifactSha256: SHA_2 })).toMatchObject({ succeeded: true });
  const order = at.hosting.calls
    .filter(({ operation }) => ['InvokeEndpointAsync', 'DeleteEndpoint', 'UpdateEndpoint'].includes(operation))
    .map(({ operation, input }) => `${operation} ${isCandidate(input.EndpointName) ? 'candidate' : 'live'}`);
  expect(order).toEqual([
    ...['InvokeEndpointAsync candidate', 'DeleteEndpoint candidate'],
    ...['UpdateEndpoint live', 'InvokeEndpointAsync live'],
  ]);
  expect(Object.keys(at.alive().endpoints)).toEqual(['iris']);
});

test('wrong answers of the candidate cost the live endpoint nothing', async () => {
  const at = await serving();
  const before = at.alive();
  at.answer = () => ({ status: 200, body: '{"artifact":"another"}' });
  expect((await rollOut(at, { artifactSha256: SHA_2 })).outcome).toMatchObject({
    ...{ outcome: 'rolledBack', error: 'CanaryFailed', left: [] },
    cause: expect.stringContaining('$.artifact is another instead of'),
    serving: { artifactSha256: SHA_1 },
  });
  expect(at.alive()).toEqual(before);
  expect(inputsOf(at, 'UpdateEndpoint')).toEqual([]);
});

test('wrong answers of the live endpoint alone take it back to what was before', async () => {
  const at = await serving();
  at.answer = (url, endpointName) =>
    isCandidate(endpointName) || url?.includes(SHA_1) ? answerOf(url) : { status: 500, body: 'broken' };
  const { outcome } = await rollOut(at, { artifactSha256: SHA_2 });
  expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'CanaryFailed', serving: { artifactSha256: SHA_1 } });
  expect(outcome?.cause).toContain('the status is 500 instead of 200');
  expect(inputsOf(at, 'UpdateEndpoint')).toHaveLength(2);
});

test('a case that shall be refused is looked for among the failures', async () => {
  const refused = { name: 'no number', request: { body: { no: 1 } }, expect: { status: '4xx' } };
  const cases = (sha: string) => ({ cases: [...goldenCasesOf(sha).cases, refused] });
  const at = account();
  // Whatever is asked is answered with 200, the refused case too.
  expect((await rollOut(at, { goldenCases: cases(SHA_1) })).outcome).toMatchObject({
    ...{ outcome: 'rolledBack', error: 'CanaryFailed' },
    cause: expect.stringContaining('Golden case "no number": the status is 200 instead of 4xx'),
  });
  at.answer = () => ({ status: 400, body: 'no such number' });
  expect(await rollOut(at, { goldenCases: { cases: [refused] } })).toMatchObject({
    succeeded: true,
    outcome: { verified: 'golden' },
  });
});

test('no answer within the time is no pass, and no function sits and waits for it', async () => {
  const lost = { read: async () => Buffer.from(''), write: async () => {}, publish: async () => {} };
  const at = account({ asyncStore: lost });
  const begunAt = at.time.now;
  const ended = await rollOut(at);
  expect(ended.outcome).toMatchObject({
    ...{ outcome: 'rolledBack', error: 'CanaryFailed', left: [] },
    cause: expect.stringContaining('neither an answer nor a failure came within 6600 s'),
  });
  expect(at.time.now - begunAt).toBeGreaterThan(6_600_000);
  expect(ended.states.filter((state) => state === 'WaitForCanary').length).toBeGreaterThan(50);
  expect(ended.events).toBeLessThan(3_500);
});

describe('an update that waits', () => {
  const waiting: Wish['request'] = {
    strategy: { traffic: { type: 'allAtOnce' }, terminationWaitSeconds: 180, maximumExecutionSeconds: null },
    alarms: { maximumErrorPercent: 5, maximumP99Milliseconds: null, maximumOldestRequestSeconds: 600, names: [] },
  };
  /** While customers ask 20 times a minute. */
  async function updated(at: RolloutAccount, wish: Wish = {}) {
    const execution = at.begin({
      artifactSha256: SHA_2,
      ...wish,
      request: { ...request, ...waiting, ...wish.request },
    });
    while (execution.status === 'RUNNING') {
      for (let index = 0; index < 4; index++)
        await callHosting(at.hosting, 'sagemaker-runtime', 'InvokeEndpointAsync', { EndpointName: 'iris', Body: '{}' });
      await at.pass(12_000);
    }
    return at.endOf(execution);
  }

  test('is watched by alarms on the queue, which go with its end; golden answers come afterwards', async () => {
    const at = await serving();
    const ended = await updated(at);
    expect(ended.outcome).toMatchObject({ outcome: 'deployed', verified: 'golden' });
    const made = inputsOf(at, 'PutMetricAlarm').map(({ AlarmName }) => AlarmName);
    expect(made).toHaveLength(3);
    expect(inputsOf(at, 'UpdateEndpoint')).toMatchObject([
      {
        DeploymentConfig: {
          BlueGreenUpdatePolicy: {
            TerminationWaitInSeconds: 180,
            TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE' },
          },
          AutoRollbackConfiguration: { Alarms: made.map((AlarmName) => ({ AlarmName })) },
        },
      },
    ]);
    expect(at.hosting.snapshot().alarms).toEqual({});
    expect(inputsOf(at, 'InvokeEndpoint')).toEqual([]);
    expect(ended.states).not.toContain('JudgeFleet');
    expect(at.ungranted).toEqual([]);
  });

  test.each<[string, (at: RolloutAccount) => void, string]>([
    [
      'failures of the new model',
      (at) => {
        at.answer = (url, endpointName) =>
          endpointName === 'iris' && url?.includes(SHA_2) ? { status: 500, body: 'broken' } : answerOf(url);
      },
      'failures',
    ],
  ])('%s take it back, by the alarm', async (_name, breakIt, kind) => {
    const at = await serving();
    const before = at.alive();
    breakIt(at);
    const { outcome } = await updated(at);
    expect(outcome).toMatchObject({ outcome: 'rolledBack', error: 'DeploymentRolledBack', left: [] });
    expect(outcome?.explanation).toMatchObject({ cause: 'alarm' });
    expect(outcome?.cause).toMatch(new RegExp(`alarm.*-${kind}`));
    expect(at.alive()).toEqual(before);
  });

  test("requests that the new model refuses as their callers' mistakes take nothing back", async () => {
    const at = await serving();
    at.answer = (url) => (url?.includes(SHA_2) ? { status: 400, body: 'no such field' } : answerOf(url));
    const refused = { name: 'refused', request: { body: {} }, expect: { status: '4xx' as const } };
    const { outcome } = await updated(at, { goldenCases: { cases: [refused] } });
    expect(outcome).toMatchObject({ outcome: 'deployed' });
  });
});

test.each<[string, ContainerAnswer, object | null, string]>([
  [
    'the row that the model names',
    { status: 200, body: '{"predictions":[{"predicted_class":"yes"}]}' },
    aDescription(),
    'answered',
  ],
  ['nothing, of an image that knows no such question', { status: 200, body: '{}' }, null, 'healthOnly'],
])('without golden cases %s is asked', async (_name, answer, description, verified) => {
  const at = account();
  at.answer = () => answer;
  at.description = () => description;
  expect((await rollOut(at, { goldenCases: null })).outcome).toMatchObject({ outcome: 'deployed', verified });
});

test('without golden cases a model that fails on its own row is not deployed', async () => {
  const at = account();
  at.description = () => aDescription();
  at.answer = () => ({ status: 500, body: 'broken' });
  expect((await rollOut(at, { goldenCases: null })).outcome).toMatchObject({ error: 'CanaryFailed' });
});

test.each([
  ['an asynchronous endpoint made realtime', request, {}, /iris is asynchronous, and hosting\.type is "realtime"/],
  ['a realtime endpoint made asynchronous', {}, request, /iris is not asynchronous, and hosting\.type is "async"/],
])('%s is rejected before anything is made', async (_name, first, next, text) => {
  const at = account();
  expect(await at.rollOut({ request: first })).toMatchObject({ succeeded: true });
  const before = at.alive();
  const { outcome } = await at.rollOut({ artifactSha256: SHA_2, request: next });
  expect(outcome).toMatchObject({ outcome: 'rejected', cause: expect.stringMatching(text) });
  expect(outcome?.cause).toMatch(/another name, or retire this one first/);
  expect(at.alive()).toEqual(before);
});
