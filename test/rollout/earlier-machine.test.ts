// The stack is updated in the middle of a rollout: the machine's old definition goes on, with the new functions.
import { contractCheck } from '../../lambdas/runtime/contract-check.ts';
import { stageEarlier } from '../../simulate/suites/earlier.ts';
import { judge } from '../../simulate/suites/scenario.ts';
import { earlierMachine } from '../../simulate/world/earlier-release.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { SituationName } from '../../simulate/world/situations.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';

/** One rollout, held against the rules: after a failure all is as it was before. It began with the release before; the stack is updated after so many of its tasks. */
async function updated(release: 'sameContract' | 'contractBefore', situation: SituationName, updatedAfter: number) {
  const staged = await stageEarlier(engineAsItIs(), { release, situation, updatedAfter }, 1);
  const { stack, evidence, begin, update } = staged;
  await begin();
  await stack.settle();
  const retires = situation === 'retire';
  const violations = await judge(evidence, { mayDelete: retires, mayNeedAttention: retires });
  const [outcome] = evidence.outcomes().filter(({ rolloutId }) => rolloutId === staged.first()?.name);
  return { outcome, violations, invoked: update.invoked() };
}

const all = Number.MAX_SAFE_INTEGER;

test.each<SituationName>([
  'create',
  'update',
  'updateLive',
  'updateGuarded',
  'updateGuardedWrong',
  'settings',
  'retire',
])(
  '%s: updated after each of its tasks it goes no further, and all is as it was before',
  async (situation) => {
    const { invoked, outcome: usual } = await updated('contractBefore', situation, all);
    expect(invoked).toBeGreaterThan(4);
    for (let updatedAfter = 0; updatedAfter < invoked; updatedAfter++) {
      const { outcome, violations } = await updated('contractBefore', situation, updatedAfter);
      expect({ updatedAfter, violations }).toEqual({ updatedAfter, violations: [] });
      // The tasks that are left are all of the rollback: it ends as it would have ended.
      if (outcome?.error === usual?.error) continue;
      expect(outcome).toMatchObject({ error: 'ContractVersionUnsupported', succeeded: false });
      if (situation !== 'retire') expect(outcome?.outcome).toBe('rolledBack');
    }
  },
  120_000,
);

test.each<[SituationName, string]>([
  ['create', 'deployed'],
  ['updateGuarded', 'deployed'],
  ['updateWrong', 'rolledBack'],
  ['retire', 'retired'],
])('%s before its outcome is recorded: it ends %s', async (situation, expected) => {
  const { outcome, violations } = await updated('contractBefore', situation, all);
  expect([outcome?.outcome, violations]).toEqual([expected, []]);
});

test.each<[SituationName, string]>([
  ['updateGuarded', 'deployed'],
  ['updateGuardedWrong', 'rolledBack'],
  ['superseding', 'deployed'],
])('%s with an earlier definition of the same contract goes on: it ends %s', async (situation, expected) => {
  const { outcome, violations } = await updated('sameContract', situation, 0);
  expect([outcome?.outcome, violations]).toEqual([expected, []]);
});

test('the earlier definition has neither a state of today nor the keys that came with it', () => {
  const { states } = earlierMachine(CONTRACT_VERSION - 1);
  expect(Object.keys(states)).not.toEqual(expect.arrayContaining(['JudgeFleet']));
  expect(Object.keys(states)).not.toEqual(expect.arrayContaining(['FleetPassed?']));
  expect(Object.keys(states)).toEqual(expect.arrayContaining(['RollBack', 'RecordOutcome', 'DeleteAlarms']));
});

describe('what a machine does not know yet', () => {
  const given = (step: 'RollBack' | 'CheckRollback', event: object) => {
    const request = { event } as { event: Record<string, unknown> };
    return () => {
      contractCheck(step).before?.(request as never);
      return request.event;
    };
  };
  const document = { bucket: 'b', key: 'plan.json' };
  const plan = {
    ...{ verdict: 'proceed', endpointName: 'iris', operation: 'update', modelNames: ['m'], endpointConfigName: 'c' },
    ...{ previousEndpointConfigName: 'p', candidate: null, guarded: false, document },
  };
  const lease = {
    ...{ verdict: 'granted', endpointName: 'iris', holder: 'r', fencing: 1, startedAt: '', acquiredAt: '' },
    ...{ waitSeconds: 0, reason: null, successor: null, repeats: null, recovers: null, failure: null },
  };

  test.each([CONTRACT_VERSION - 1, CONTRACT_VERSION])('is null, in contract %d', (contractVersion) => {
    expect(given('RollBack', { contractVersion, plan, lease })()).toEqual({
      ...{ plan, lease, endpointConfig: null, candidateRemoval: null, deployment: null, weights: null, rollback: null },
    });
  });

  test('is refused where it is needed', () => {
    expect(given('CheckRollback', { contractVersion: CONTRACT_VERSION, plan, lease })).toThrow(
      /rollback: invalid_type/,
    );
    expect(given('RollBack', { contractVersion: CONTRACT_VERSION - 2, plan, lease })).toThrow(/reads contract version/);
  });
});
