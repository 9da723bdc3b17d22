// A failed verification says what callers of the endpoint saw.
import { explainFailure } from '../../lambdas/core/diagnosis/explain-failure.ts';
import { seenByCustomers } from '../../lambdas/core/diagnosis/seen-by-customers.ts';
import type { RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import { aDeployment, anEnd, passed, planned } from '../outcome/ends.ts';

const update = { ...planned, operation: 'update' as const };
const failed = { ...passed, verdict: 'failed' as const };
const deployment = aDeployment({ verdict: 'inService' });
const wrong = 'CanaryFailed';

test.each<[string, Partial<RolloutEnd>, string, string | null]>([
  ['a candidate', { plan: update, candidateCanaryInvocations: failed }, wrong, 'saw none of its answers'],
  ['an update, live', { plan: update, deployment, canaryInvocations: failed }, wrong, 'from its deployment until'],
  ['a guarded update', { plan: { ...update, guarded: true }, deployment }, wrong, 'those of its share while'],
  [
    'one that an alarm took back',
    { plan: { ...update, guarded: true }, deployment },
    'DeploymentRolledBack',
    'saw some',
  ],
  [
    'a new endpoint',
    { plan: planned, deployment, canaryInvocations: failed },
    wrong,
    'some of its answers, if any called',
  ],
  [
    'what serves',
    { plan: { ...update, verdict: 'unchanged' }, canaryInvocations: failed },
    wrong,
    'and still do: it is what serves',
  ],
  ['settings', { plan: { ...planned, operation: 'configure' }, deployment, canaryInvocations: failed }, wrong, null],
  ['what never came into service', { plan: update, deployment }, 'DeploymentFailed', null],
  ['a candidate that never came into service', { plan: update }, 'DeploymentFailed', null],
  ['what was stopped', { plan: update, candidateCanaryInvocations: failed }, 'Stopped', null],
  ['what had no plan', {}, wrong, null],
])('%s', (_, end, name, told) => {
  const seen = seenByCustomers(anEnd(end), { Error: name, Cause: '' });
  expect(seen).toEqual(told === null ? null : expect.stringContaining(told));
});

test('it stands in the summary', () => {
  const failure = { Error: wrong, Cause: 'Golden case "a": $.x is 1 instead of 2.' };
  const facts = { failure, endpointStatus: null, failureReason: null, logLines: [], modelErrors: [], unread: null };
  expect(explainFailure({ ...facts, seen: 'Nobody saw it.' }).summary).toMatch(/the first is "a"\. Nobody saw it\.$/);
  expect(explainFailure(facts).summary).toMatch(/the first is "a"\.$/);
});
