// The stack is updated in the middle of a rollout: the machine's old definition goes on, with the new functions.
import { canonicalJson } from '../../lambdas/core/naming/names.ts';
import { stageEarlier } from '../../simulate/suites/earlier.ts';
import { judge } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';

/** ResolveRequest, InspectArtifact and PlanRollout. */
const BEFORE_ANYTHING_IS_MADE = 3;

/** An update that began with the first release of the system; after so many tasks every function is today's. */
async function updatedAfter(count: number) {
  const moment = { release: 'first', situation: 'updateLive', updatedAfter: count } as const;
  const { stack, evidence, begin, update, forgive, first } = await stageEarlier(engineAsItIs(), moment, 1);
  await begin();
  await stack.settle();
  const violations = await judge(evidence, forgive());
  const outcome = evidence.outcomes().find(({ rolloutId }) => rolloutId === first()?.name);
  return { outcome, violations, invoked: update.invoked(), evidence };
}

test('it goes no further, and all is as it was before; before its outcome is recorded it is deployed', async () => {
  // RecordOutcome is today's in any case, as all of the way back.
  const { invoked, ...whole } = await updatedAfter(Number.MAX_SAFE_INTEGER);
  expect([whole.outcome?.outcome, whole.violations]).toEqual(['deployed', []]);
  expect(invoked).toBeGreaterThan(BEFORE_ANYTHING_IS_MADE + 5);
  for (let count = BEFORE_ANYTHING_IS_MADE; count < invoked; count++) {
    const { outcome, violations, evidence } = await updatedAfter(count);
    expect({ count, outcome, violations }).toMatchObject({
      ...{ count, violations: [] },
      outcome: { outcome: 'rolledBack', succeeded: false, error: 'ContractVersionUnsupported' },
    });
    expect(canonicalJson(evidence.after)).toBe(canonicalJson(evidence.before));
  }
});
