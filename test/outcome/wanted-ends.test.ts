// What somebody wanted to end is told as that, and not as a failure with a cause to fix.
import { outcomeSubject, outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { anOutcome } from './an-outcome.ts';

test.each<[Outcome['outcome'], string | null, string]>([
  ['rolledBack', 'Cancelled', 'iris: cancelled, what was live is live'],
  ['rolledBack', 'Stopped', 'iris: stopped, what was live is live'],
  ['rolledBack', 'CanaryFailed', 'iris: failed, what was live is live'],
  ['rejected', 'Cancelled', 'iris: cancelled, nothing was changed'],
  ['rejected', 'RequestRejected', 'iris: rejected, nothing was changed'],
  ['needsAttention', 'Cancelled', 'iris: FAILED, NEEDS ATTENTION'],
  ['cancelled', null, 'iris: the rollout is cancelled, what was live is live'],
])('%s by %s', (name, error, subject) => {
  const outcome = anOutcome({ outcome: name, error, cause: 'why' });
  expect(outcomeSubject(outcome)).toBe(subject);
  const isWanted = /^iris: (cancelled|stopped)/.test(subject);
  expect(outcomeText(outcome).includes('If that was not meant, upload again')).toBe(isWanted);
  expect(outcomeText(outcome)).not.toMatch(isWanted ? /Mend/ : /If that was not meant/);
});

test('a cancellation names what it cancels', () => {
  expect(outcomeText(anOutcome({ outcome: 'cancelled', cancels: 'rollout-9' }))).toContain('Cancels:   rollout-9');
  expect(outcomeText(anOutcome())).not.toContain('Cancels:');
});
