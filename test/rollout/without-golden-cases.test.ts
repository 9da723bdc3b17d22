// Rollouts without golden cases: what the model's own example row proves, on every road on which an endpoint is verified.
import { DescribeEndpointCommand } from '@aws-sdk/client-sagemaker';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import type { ContainerAnswer } from '../../local/hosting/fleet.ts';
import { aDescription } from '../core/a-description.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { RolloutAccount, SHA_1, SHA_2, type Wish } from './rollout-account.ts';

const PREDICTED: ContainerAnswer = { status: 200, body: '{"predictions":[{"predicted_class":"yes"}]}' };
const BROKEN: ContainerAnswer = { status: 500, body: '{"error":"Internal server error"}' };
const live = { verification: 'live' } as const;
const without = (artifactSha256: string, request: Wish['request'] = {}): Wish => ({
  artifactSha256,
  request,
  goldenCases: null,
});

/** Models of the serving image, by their artifact: each describes itself, and answers so. */
function served(answers: Record<string, ContainerAnswer>): RolloutAccount {
  const account = new RolloutAccount();
  account.description = () => aDescription();
  account.answer = (url) => answers[url?.split('/')[5] ?? ''] ?? PREDICTED;
  return account;
}

const invoked = (account: RolloutAccount) =>
  account.hosting.calls
    .filter(({ operation }) => operation === 'InvokeEndpoint')
    .map(({ input }) => input as { EndpointName: string; CustomAttributes?: string; InferenceId?: string });
const configOf = async (account: RolloutAccount) =>
  (await account.clients.sageMaker.send(new DescribeEndpointCommand({ EndpointName: 'iris' }))).EndpointConfigName;

test('a first rollout: the model answers its own row, and 20 more times as it is measured', async () => {
  const account = served({});
  const run = await account.rollOut(without(SHA_1));
  expect(run).toMatchObject({ retried: [], output: { outcome: 'deployed', verified: 'answered', warnings: [] } });
  const [describe, ...rows] = invoked(account);
  expect(describe).toMatchObject({ CustomAttributes: 'describe=true' });
  expect(rows).toHaveLength(21);
  for (const row of rows) expect(row.CustomAttributes).toBeUndefined();
});

test('an image that knows no such question: health only, with the warning, after one request', async () => {
  const account = new RolloutAccount();
  const run = await account.rollOut(without(SHA_1));
  expect(run.output).toMatchObject({
    ...{ outcome: 'deployed', verified: 'healthOnly' },
    warnings: [expect.stringContaining('No golden cases')],
  });
  expect(invoked(account)).toHaveLength(1);
});

test('a model that refuses its own row: health only, and what to do', async () => {
  const account = served({ [SHA_1]: { status: 400, body: '{"error":"Invalid input"}' } });
  const run = await account.rollOut(without(SHA_1));
  expect(run.output).toMatchObject({
    ...{ outcome: 'deployed', verified: 'healthOnly' },
    warnings: [expect.stringMatching(/status 400.*Add golden\.json/s)],
  });
});

test('a model that fails at its own row is rolled back, and it is explained', async () => {
  const account = served({ [SHA_1]: BROKEN });
  const run = await account.rollOut(without(SHA_1));
  expect(run).toMatchObject({
    ...{ succeeded: false, error: 'CanaryFailed' },
    outcome: { outcome: 'rolledBack', verified: null, explanation: { cause: 'failedAnswers' } },
  });
  expect(run.cause).toContain('The model answered the example row that it makes itself with status 500');
  expect(account.alive()).toEqual(new RolloutAccount().alive());
});

describe('where something serves already', () => {
  async function serving(answers: Record<string, ContainerAnswer> = {}): Promise<RolloutAccount> {
    const account = served(answers);
    expect(await account.rollOut(without(SHA_1))).toMatchObject({ succeeded: true });
    account.hosting.calls.length = 0;
    return account;
  }

  test('an update is asked on its candidate first, then live', async () => {
    const account = await serving();
    const run = await account.rollOut(without(SHA_2));
    expect(run.output).toMatchObject({ outcome: 'deployed', verified: 'answered', warnings: [] });
    const described = invoked(account).filter(({ CustomAttributes }) => CustomAttributes === 'describe=true');
    expect(described.map(({ EndpointName }) => EndpointName)).toEqual([expect.stringMatching(/^iris-k-/), 'iris']);
  });

  test('one that fails ends at its candidate: the live endpoint is neither changed nor asked', async () => {
    const account = await serving({ [SHA_2]: BROKEN });
    const before = account.alive();
    const run = await account.rollOut(without(SHA_2));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(account.mutations()).not.toContain('UpdateEndpoint');
    expect(invoked(account).filter(({ EndpointName }) => EndpointName === 'iris')).toEqual([]);
    expect(account.alive()).toEqual(before);
  });

  test('one that fails on the live endpoint is taken back to what served', async () => {
    const account = await serving({ [SHA_2]: BROKEN });
    const config = await configOf(account);
    const run = await account.rollOut(without(SHA_2, live));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(await configOf(account)).toBe(config);
  });

  test('an update under guardrails is judged by its customers, and asked before and after', async () => {
    const guarded: Wish['request'] = {
      hosting: { ...aResolvedRequest().hosting, instanceCount: 4 },
      strategy: {
        traffic: { type: 'canary', canaryPercent: 25, waitSeconds: 180 },
        ...{ terminationWaitSeconds: 120, maximumExecutionSeconds: null },
      },
      alarms: { maximumErrorPercent: 5, maximumP99Milliseconds: 1_000, names: [] },
    };
    const account = served({});
    expect(await account.rollOut(without(SHA_1, { hosting: guarded.hosting }))).toMatchObject({ succeeded: true });
    const customer = new InvokeEndpointCommand({ EndpointName: 'iris', Body: Buffer.from('{}') });
    account.beforeTask = async (step) => {
      if (step !== 'SendGoldenTraffic') return;
      for (let sent = 0; sent < 60; sent++) await account.clients.runtime.send(customer);
    };
    const run = await account.rollOut(without(SHA_2, guarded));
    expect(run).toMatchObject({ cause: null, output: { outcome: 'deployed', verified: 'answered' } });
    expect(run.states).toContain('JudgeFleet');
  });

  test('a release that is rolled back to is asked as every model is', async () => {
    const account = await serving();
    expect(await account.rollOut(without(SHA_2))).toMatchObject({ succeeded: true });
    account.hosting.calls.length = 0;
    // As a rollback asks for it: the release's own request and artifact, verified live.
    const run = await account.rollOut(without(SHA_1, live));
    expect(run.output).toMatchObject({ outcome: 'deployed', verified: 'answered' });
    expect(new Set(invoked(account).map(({ EndpointName }) => EndpointName))).toEqual(new Set(['iris']));
  });

  test('the same again is asked again', async () => {
    const account = await serving();
    const run = await account.rollOut(without(SHA_1));
    expect(run.output).toMatchObject({ outcome: 'unchanged', verified: 'answered' });
    expect(account.mutations()).toEqual([]);
    account.answer = () => BROKEN;
    expect(await account.rollOut(without(SHA_1))).toMatchObject({
      error: 'CanaryFailed',
      outcome: { outcome: 'rolledBack' },
    });
    expect(account.mutations()).toEqual([]);
  });

  test('golden cases go before the example: nobody asks for it', async () => {
    const account = await serving();
    const cases = [{ name: 'row', request: { body: {} }, expect: { status: 200 } }];
    const run = await account.rollOut({ artifactSha256: SHA_2, goldenCases: { cases } });
    expect(run.output).toMatchObject({ outcome: 'deployed', verified: 'golden' });
    expect(invoked(account).filter(({ CustomAttributes }) => CustomAttributes !== undefined)).toEqual([]);
  });
});
