// What a person is told of an endpoint that the rollback leaves alone, and which look shows that the change had begun.
import { ROLLOUT_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { rollbackStep, showsChange } from '../../lambdas/core/rollback/rollback-step.ts';
import { aRollbackPlan } from './a-rollback-plan.ts';
import { anEndpoint } from './an-endpoint.ts';

const mine = { [ROLLOUT_TAG]: 'mine' };

test.each([
  [true, null, {}, 0, 'was deleted by somebody else. Its configuration was old.'],
  [false, anEndpoint('InService', 'new'), {}, 0, 'exists, but this rollout did not make it: it was not touched.'],
  [false, anEndpoint('InService', 'x'), mine, 0, ', made by this rollout, was put on the configuration x by somebody else: it was not touched.'],
  [true, anEndpoint('Failed', 'new'), {}, 0, 'is Failed. Bring it back to the configuration old by hand.'],
  [true, anEndpoint('InService', 'x'), {}, 0, 'was put on the configuration x by somebody else: it was not touched.'],
  [true, anEndpoint('InService', 'new'), {}, 3, 'still serves with new: SageMaker did not take it back to old in 3 attempts. Update it by hand.'],
  [true, anEndpoint('InService', 'new', null, 'no capacity'), {}, 4, 'still serves with new: SageMaker did not take it back to old in 4 attempts (no capacity). Update it by hand.'],
] as const)('before %p, found %j', (before, found, tags, attempts, words) => {
  const told = `The endpoint iris${words.startsWith(',') ? '' : ' '}${words}`;
  expect(rollbackStep(aRollbackPlan(before), found, tags, { updateAttempts: attempts })).toEqual({ step: 'leave', left: told });
}); // biome-ignore format: one line per case

test('an update that is only pending is waited for', () => {
  expect(rollbackStep(aRollbackPlan(true), anEndpoint('InService', 'old', 'new'), {}, { updateAttempts: 0 })).toEqual({
    step: 'wait',
  });
  expect(rollbackStep(aRollbackPlan(false), anEndpoint('Deleting', 'new'), mine, { updateAttempts: 0 })).toEqual({
    step: 'wait',
  });
});

test.each([
  [true, null, false],
  [false, null, false],
  [false, anEndpoint('Creating', 'x'), true],
  [true, anEndpoint('InService', 'old'), false],
  [true, anEndpoint('InService', 'new'), true],
  [true, anEndpoint('Updating', 'old', 'new'), true],
  [true, anEndpoint('Updating', 'old', 'x'), false],
])('before %p, %j shows the change: %p', (before, found, shown) => {
  expect(showsChange(aRollbackPlan(before), found)).toBe(shown);
});
