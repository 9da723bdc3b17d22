// A cancellation at any moment: the rollout goes back at its next look, and what is live stays.
import { cancel } from '../../simulate/suites/cancels.ts';
import { catalogue } from '../../simulate/suites/catalogue.ts';
import { judge, play, stage } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { SituationName } from '../../simulate/world/situations.ts';
import { runs } from '../setup/runs.ts';

/** The situation, whose rollout is cancelled as it enters a state for the n-th time. */
async function cancelled(situation: SituationName, state: string, nth = 1) {
  const { stack, evidence, begin } = await stage(engineAsItIs(), situation, 1);
  let seen = 0;
  const after: string[] = [];
  let target: string | null = null;
  stack.account.watch = (execution, moment, entered) => {
    if (moment !== 'entering') return;
    if (execution.name === target) after.push(entered);
    if (entered !== state || target !== null || ++seen < nth) return;
    target = execution.name;
    cancel(stack, execution);
  };
  await begin();
  await stack.settle();
  const cancels = evidence.outcomes().find((outcome) => outcome.action === 'cancel')!;
  const updates = stack.account.calls.filter(
    ({ by, operation }) => by.of.name === 'DeployEndpoint' && /^(Create|Update)Endpoint$/.test(operation),
  );
  return {
    after,
    outcome: evidence.outcomes().find(({ rolloutId }) => rolloutId === target)!,
    cancels,
    updates,
    violations: await judge(evidence, {}),
  };
}

test.each<[string, SituationName, string, string, readonly string[]]>([
  ['before it asked for the lease', 'update', 'InspectArtifact', 'rejected', ['NotLeased']],
  ['while a newer upload may follow', 'create', 'WaitForLease', 'rejected', ['NotLeased']],
  [
    'while its candidate comes up',
    'update',
    'WaitForCandidate',
    'rolledBack',
    ['CheckCandidate', 'CandidateInService?', 'CandidateFailed', 'RollBack'],
  ],
  ['before the live endpoint is touched', 'updateLive', 'DeployEndpoint', 'rolledBack', ['RollBack']],
  [
    'while the live endpoint changes',
    'updateLive',
    'WaitForEndpoint',
    'rolledBack',
    ['CheckEndpoint', 'InService?', 'DeploymentFailed', 'RollBack'],
  ],
  [
    'while its traffic moves',
    'updateGuarded',
    'SendGoldenTraffic',
    'rolledBack',
    ['CheckEndpoint', 'InService?', 'DeploymentFailed', 'RollBack'],
  ],
  ['while it is verified', 'updateLive', 'RunCanary', 'rolledBack', ['CanaryPassed?', 'CanaryFailed', 'RollBack']],
])('%s it goes back at its next look', async (_, situation, state, end, way) => {
  const { after, outcome, cancels, violations } = await cancelled(situation, state);
  expect(outcome).toMatchObject({ outcome: end, error: 'Cancelled', explanation: { cause: 'cancelled' } });
  expect(cancels).toMatchObject({ outcome: 'cancelled', cancels: outcome.rolloutId, error: null });
  const from = after.indexOf(way[0]!);
  expect(after.slice(from, from + way.length)).toEqual(way);
  expect(violations).toEqual([]);
});

test('the live endpoint is not even asked for a change', async () => {
  expect((await cancelled('updateLive', 'CreateModel')).updates).toEqual([]);
  expect((await cancelled('updateLive', 'WaitForEndpoint')).updates).toHaveLength(1);
});

test.each(['RetireSuperseded', 'RecordOutcome'])(
  'from %s on it is too late, and what to do instead is said',
  async (state) => {
    const { outcome, cancels, violations } = await cancelled('updateLive', state);
    expect(outcome).toMatchObject({ outcome: 'deployed', error: null });
    expect(cancels).toMatchObject({ outcome: 'rejected', error: 'RequestRejected' });
    expect(cancels.cause).toMatch(/live since .* To go back: \{"action": "rollback", "endpointName": "iris"\}/);
    expect(violations).toEqual([]);
  },
);

test('at any moment, beside anything, no rule is broken', async () => {
  const all = await catalogue({ seed: 1, pairs: 0, only: 'cancel ' });
  expect(all.length).toBeGreaterThan(5_000);
  const every = Math.floor(all.length / runs(1_000));
  const broken: string[] = [];
  let played = 0;
  let missed = 0;
  for (let index = 0; index < all.length; index += every) {
    const { name, met, violations } = await play(engineAsItIs(), all[index]!, 1);
    played += 1;
    // Events come sooner or later, so that what is entered often may be entered less often than it was counted.
    if (!met && / #1, /.test(name)) broken.push(`${name}: did not come to it`);
    else if (!met) missed += 1;
    for (const { rule, what } of violations) broken.push(`${rule}: ${name}: ${what}`);
  }
  expect(broken).toEqual([]);
  expect(missed / played).toBeLessThan(0.1);
}, 300_000);
