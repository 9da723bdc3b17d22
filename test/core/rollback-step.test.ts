// The rollback: what may be touched, and what never.
import fc from 'fast-check';
import { ROLLOUT_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { rollbackStep } from '../../lambdas/core/rollback/rollback-step.ts';
import { runs } from '../setup/runs.ts';
import { aRollbackPlan } from './a-rollback-plan.ts';
import { anEndpoint, everyStatus } from './an-endpoint.ts';

const mine = { [ROLLOUT_TAG]: 'mine' };

test.each([
  ['created and gone', false, null, {}, 0, 'settled'],
  ['created by us', false, anEndpoint('InService', 'new'), mine, 0, 'delete'],
  ['created by us and failed', false, anEndpoint('Failed', 'new'), mine, 0, 'delete'],
  ['created by us, still Creating', false, anEndpoint('Creating', 'new'), mine, 0, 'wait'],
  ['created by somebody else', false, anEndpoint('InService', 'new'), { [ROLLOUT_TAG]: 'other' }, 0, 'leave'],
  ['created by us, changed by somebody else', false, anEndpoint('InService', 'foreign'), mine, 0, 'leave'],
  ['never updated', true, anEndpoint('InService', 'old'), {}, 0, 'settled'],
  ['updated', true, anEndpoint('InService', 'new'), {}, 0, 'restore'],
  ['updating', true, anEndpoint('Updating', 'old'), {}, 0, 'wait'],
  ['updated and not to be got back', true, anEndpoint('InService', 'new'), {}, 3, 'leave'],
  ['put on another configuration', true, anEndpoint('InService', 'foreign'), {}, 0, 'leave'],
  ['deleted by somebody', true, null, {}, 0, 'leave'],
  ['failed', true, anEndpoint('Failed', 'new'), mine, 0, 'leave'],
] as const)('%s', (_name, before, found, tags, attempts, step) => {
  expect(rollbackStep(aRollbackPlan(before), found, tags, { updateAttempts: attempts }).step).toBe(step);
});

test('an endpoint that was there before is never deleted, one of somebody else never touched', () => {
  const anything = fc.record({
    before: fc.boolean(),
    status: fc.constantFrom(...everyStatus),
    config: fc.constantFrom('new', 'old', 'foreign'),
    tag: fc.constantFrom('mine', 'other', undefined),
    attempts: fc.nat(5),
  });
  fc.assert(
    fc.property(anything, ({ before, status, config, tag, attempts }) => {
      const tags: Record<string, string> = tag === undefined ? {} : { [ROLLOUT_TAG]: tag };
      const { step } = rollbackStep(aRollbackPlan(before), anEndpoint(status, config), tags, {
        updateAttempts: attempts,
      });
      if (step === 'delete') expect([before, tag, config]).toEqual([false, 'mine', 'new']);
      if (step === 'restore') expect([before, config, status]).toEqual([true, 'new', 'InService']);
      if (config === 'foreign') expect(['leave', 'wait']).toContain(step);
    }),
    { numRuns: runs(1000) },
  );
});
