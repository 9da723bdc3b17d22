// Updates of several variants under SageMaker's guardrails: each new fleet is reached, watched and judged by itself.
import type { ResolvedStrategy } from '../../state-machine/contract/resolved-request.ts';
import { answerOf, type RolloutAccount, SHA_1, SHA_2 } from './rollout-account.ts';
import { calls, deployed, instances, linear, live, SHA_3, serving, type Wanted, wish } from './several-variants.ts';

const SHA_4 = '4'.repeat(64);
const alarms = { maximumErrorPercent: 5, maximumP99Milliseconds: 1_000, names: [] as string[] };
/** The challenger is there, and gets nothing. */
const silent: Wanted = { champion: [SHA_1, 1, instances(4)], challenger: [SHA_2, 0, instances(2)] };
const renewed: Wanted = { champion: [SHA_3, 1, instances(4)], challenger: [SHA_4, 0, instances(2)] };
const guarded = { strategy: linear, alarms };
const rolling: ResolvedStrategy = {
  ...{ traffic: { type: 'rolling', batchPercent: 50, waitSeconds: 60 }, terminationWaitSeconds: 0 },
  maximumExecutionSeconds: null,
};

const goldenTo = (account: RolloutAccount, name: string) =>
  calls(account, 'InvokeEndpoint').filter(
    ({ InferenceId, TargetVariant }) =>
      String(InferenceId).startsWith('sagemaker-deployer-golden-') && TargetVariant === name,
  );

test('every fleet gets golden requests by its name, whatever its share', async () => {
  const account = await serving(silent);
  expect(await account.rollOut(wish(renewed, guarded))).toMatchObject(deployed);
  expect(calls(account, 'PutMetricAlarm')).toHaveLength(6);
  const minutes = 3;
  for (const name of ['champion', 'challenger']) expect(goldenTo(account, name).length).toBeGreaterThan(10 * minutes);
  expect(await live(account)).toEqual({ champion: [1, 4], challenger: [0, 2] });
});

test('a fleet that nobody is sent to by weight is taken back all the same', async () => {
  const account = await serving(silent);
  const before = account.alive();
  account.answer = (url, endpointName) =>
    url?.includes(SHA_4) && endpointName === 'iris' ? { status: 500, body: 'broken' } : answerOf(url);
  const run = await account.rollOut(wish(renewed, guarded));
  expect(run).toMatchObject({ error: 'DeploymentRolledBack', outcome: { outcome: 'rolledBack' } });
  expect(account.alive()).toEqual(before);
});

test.each(['candidate', 'live'] as const)(
  'a wrong answer is known for the new model of its variant, verified by %s',
  async (verification) => {
    const account = await serving(silent);
    account.answer = (url, endpointName) =>
      url?.includes(SHA_4) && endpointName === 'iris'
        ? { ...answerOf(url), body: '{"artifact":"none"}' }
        : answerOf(url);
    const run = await account.rollOut(wish(renewed, { ...guarded, verification }));
    expect(run).toMatchObject({ error: 'CanaryFailed', outcome: { outcome: 'rolledBack' } });
    expect(run.cause).toMatch(
      /^While its traffic moved, the new model of iris answered \d+ of \d+ golden requests wrongly/,
    );
  },
);

test('a rolling update takes one variant: several are refused, and their weights alone may move in its steps', async () => {
  const account = await serving(silent);
  const refused = await account.rollOut(wish(renewed, { strategy: rolling, alarms }));
  expect(refused.outcome).toMatchObject({ outcome: 'rejected', problems: [{ where: 'strategy.type' }] });
  expect(account.mutations()).toEqual([]);
  const weights: Wanted = { champion: [SHA_1, 1, instances(4)], challenger: [SHA_2, 1, instances(2)] };
  expect(await account.rollOut(wish(weights, { strategy: rolling, alarms }))).toMatchObject(deployed);
  expect(await live(account)).toEqual({ champion: [1, 4], challenger: [1, 2] });
});

test('SageMaker watches ten alarms, and each variant has three', async () => {
  const four = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, [SHA_1, 1, instances(2)]])) as Wanted;
  const account = await serving(four);
  const renewedFour: Wanted = { ...four, d: [SHA_2, 1, instances(2)] };
  const refused = await account.rollOut(wish(renewedFour, guarded));
  expect(refused.outcome).toMatchObject({ outcome: 'rejected', problems: [{ where: 'alarms.names' }] });
});
