// What rings at night, and what is counted only.
import { leavesUnrecorded, needsSomebody } from '../../lambdas/core/outcome/needs-somebody.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';

test.each<[Outcome['outcome'], string | null, boolean]>([
  ['deployed', null, false],
  ['superseded', 'Superseded', false],
  ['rejected', 'RequestRejected', false],
  ['rejected', 'AccessDenied', false],
  ['rolledBack', 'CanaryFailed', false],
  ['rolledBack', 'DeploymentFailed', false],
  ['rolledBack', 'Throttled', false],
  ['rolledBack', 'Stopped', false],
  ['rolledBack', 'AccessDenied', true],
  ['rolledBack', 'QuotaExceeded', true],
  ['rolledBack', 'CallRefused', true],
  ['rolledBack', 'TypeError', true],
  ['needsAttention', 'CanaryFailed', true],
  ['needsAttention', 'Stopped', true],
  ['needsAttention', 'LeaseLost', false],
])('%s by %s: %s', (outcome, error, rings) => {
  expect(needsSomebody({ outcome, error })).toBe(rings);
});

test.each([
  ['AccessDenied', true],
  ['Lambda.Unknown', true],
  ['Throttled', false],
  ['ServiceUnavailable', false],
])('an outcome that %s keeps from the ledger: %s', (error, rings) => {
  expect(leavesUnrecorded(error)).toBe(rings);
});
