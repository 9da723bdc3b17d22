// A stopped execution's last function may still change something: a recovery waits longer than any of them runs.
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';
import { steps } from '../../state-machine/contract/steps.ts';

test('a minute more than the longest function that changes something', () => {
  const mutating = Object.values(steps).filter((step) => 'mutates' in step);
  expect(mutating.length).toBeGreaterThan(10);
  for (const { functionTimeoutSeconds } of mutating) {
    expect(RECOVERY_DELAY_SECONDS).toBeGreaterThanOrEqual(functionTimeoutSeconds + 60);
  }
  expect(mutating.map(({ functionTimeoutSeconds }) => functionTimeoutSeconds + 60)).toContain(RECOVERY_DELAY_SECONDS);
});
