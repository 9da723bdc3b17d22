// Every end of a rollout and its outcome, decided from nothing but what the state holds.
import { ending, hasSucceeded, type RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import type { Failure } from '../../state-machine/contract/errors.ts';
import type { OutcomeName } from '../../state-machine/contract/outcome.ts';

const nothing = {
  ...{
    request: null,
    artifact: null,
    lease: null,
    plan: null,
    candidate: null,
    candidateCanaryInvocations: null,
    deployment: null,
  },
  ...{ canaryInvocations: null, retirement: null, failure: null, rollback: null, rollbackFailure: null },
} as unknown as RolloutEnd;
const failure = (name: string, Cause = 'why') => ({ Error: name, Cause });
const passed = { verdict: 'passed', failure: null };
const plan = (verdict: string) => ({
  ...{ verdict, endpointName: 'iris', modelNames: ['m'], endpointConfigName: 'c', failure: null, problems: [] },
  document: { bucket: 'b', key: 'plan.json' },
});
const compare =
  'The rollback did not end. Compare the endpoint iris, the configuration c and the model m with "before" in s3://b/plan.json, ' +
  'put back what differs (configuration, weights, instances, concurrency, scaling, tags), and delete the configuration and the model if nothing refers to them.';
const noVerdict = 'The rollout ended without a verdict. Look at the endpoint and at the history of the execution.';
const repeated = 'What the earlier outcome of this upload lists.';
const half =
  'The endpoint iris is deleted in part at most. Ask for it again: {"action": "retireEndpoint", "endpointName": "iris"}';
const rolledBack = { verdict: 'rolledBack', left: [] };

test.each<[string, object, string, string | null, string[]]>([
  ['deployed', { plan: plan('proceed'), canaryInvocations: passed }, 'deployed', null, []],
  ['unchanged', { plan: plan('unchanged'), canaryInvocations: passed }, 'unchanged', null, []],
  ['superseded', { lease: { verdict: 'superseded', failure: null } }, 'superseded', null, []],
  ['retired', { retirement: { verdict: 'retired' } }, 'retired', null, []],
  ['cancelled, as it was asked to', { lease: { verdict: 'cancelled', failure: null } }, 'cancelled', null, []],
  ['a cancellation that is refused', { request: { cancels: 'r' }, lease: { verdict: 'refused', repeats: null, failure: failure('RequestRejected') } }, 'rejected', 'RequestRejected', []],
  ['a cancellation whose rollout needs attention', { request: { cancels: 'r' }, lease: { verdict: 'refused', repeats: 'needsAttention', failure: failure('Cancelled') } }, 'needsAttention', 'Cancelled', ['What the outcome of r lists.']],
  ['cancelled where it waited', { lease: { verdict: 'refused', repeats: null, failure: failure('Cancelled') } }, 'rejected', 'Cancelled', []],
  ['cancelled where it planned', { plan: { ...plan('rejected'), failure: failure('Cancelled') } }, 'rolledBack', 'Cancelled', []],
  ['cancelled where it ran', { plan: plan('proceed'), failure: failure('Cancelled'), rollback: rolledBack }, 'rolledBack', 'Cancelled', []],
  ['no canary', { plan: plan('proceed') }, 'needsAttention', 'CanaryFailed', [compare]],
  ['a canary without a plan', { canaryInvocations: passed }, 'needsAttention', 'CanaryFailed', [noVerdict]],
  ['a canary of a recovery', { plan: plan('recover'), canaryInvocations: passed }, 'needsAttention', 'CanaryFailed', [compare]],
  ['a canary that failed, unsaid', { plan: plan('unchanged'), canaryInvocations: { verdict: 'failed', failure: null } }, 'needsAttention', 'CanaryFailed', [compare]],
  ['back', { plan: plan('proceed'), failure: failure('Boom'), rollback: rolledBack }, 'rolledBack', 'Boom', []],
  ['recovered', { plan: plan('recover'), failure: failure('Stopped'), rollback: rolledBack }, 'rolledBack', 'Stopped', []],
  ['recovered in part', { plan: plan('recover'), failure: failure('Stopped') }, 'needsAttention', 'Stopped', [compare]],
  ['not all the rollback', { plan: plan('proceed'), failure: failure('Boom'), rollback: { verdict: 'left', left: ['x'] } }, 'needsAttention', 'Boom', ['x']],
  ['a rollback that failed', { plan: plan('proceed'), failure: failure('Boom'), rollback: rolledBack, rollbackFailure: failure('AccessDenied') }, 'needsAttention', 'Boom', ['The rollback failed: AccessDenied: why', compare]],
  ['a rollback without a plan', { failure: failure('Boom'), rollbackFailure: failure('A', '{"errorMessage":"m"}') }, 'needsAttention', 'Boom', ['The rollback failed: A: m', noVerdict]],
  ['a recovery not taken up', { lease: { verdict: 'recover', failure: failure('Stopped') } }, 'needsAttention', 'Stopped', [noVerdict]],
  ['a failure repeated', { lease: { verdict: 'refused', repeats: 'needsAttention', failure: failure('Boom') } }, 'needsAttention', 'Boom', [repeated]],
  ['rolled back, repeated', { lease: { verdict: 'refused', repeats: 'rolledBack', failure: failure('Boom') } }, 'rolledBack', 'Boom', []],
  ['refused', { lease: { verdict: 'refused', repeats: null, failure: failure('EndpointBusy') } }, 'rejected', 'EndpointBusy', []],
  ['rejected', { artifact: { failure: failure('RequestRejected'), problems: [] } }, 'rejected', 'RequestRejected', []],
  ['a plan rejected', { plan: { ...plan('rejected'), failure: failure('EndpointBusy') } }, 'rejected', 'EndpointBusy', []],
  ['a plan stopped', { plan: { ...plan('rejected'), failure: failure('Stopped') } }, 'rolledBack', 'Stopped', []],
  ['failed before anything', { lease: { verdict: 'granted', repeats: null, failure: null }, failure: failure('AccessDenied') }, 'rolledBack', 'AccessDenied', []],
  ['never started', { lease: { verdict: 'neverStarted', holder: null, failure: failure('Stopped') } }, 'rolledBack', 'Stopped', []],
  ['half retired', { lease: { verdict: 'retire', repeats: null, endpointName: 'iris', failure: null }, failure: failure('Boom') }, 'needsAttention', 'Boom', [half]],
])('%s', (_name, change, outcome, error, left) => {
  const found = ending({ ...nothing, ...change } as RolloutEnd);
  expect([found.outcome, found.failure?.Error ?? null, found.left]).toEqual([outcome, error, left]);
}); // biome-ignore format: one line per case

test('problems are told of failures only: of the artifact, else the request, and of the plan', () => {
  const problem = (message: string) => ({ where: 'x', message });
  const of = (change: object) => ending({ ...nothing, ...change } as unknown as RolloutEnd).problems;
  const request = { problems: [problem('request')] };
  const artifact = { problems: [problem('artifact')], failure: null };
  const rejected = { ...plan('rejected'), failure: failure('RequestRejected'), problems: [problem('plan')] };
  expect(of({ request, plan: plan('proceed'), canaryInvocations: passed })).toEqual([]);
  expect(of({ request, failure: failure('Boom') })).toEqual([problem('request')]);
  expect(of({ request, artifact, failure: failure('Boom') })).toEqual([problem('artifact')]);
  expect(of({ request, artifact, plan: rejected })).toEqual([problem('artifact'), problem('plan')]);
  expect(of({ failure: failure('Boom') })).toEqual([]);
});

test('the first failure counts, its message is read out of the JSON, and 20 things that are left are told', () => {
  const change = {
    failure: failure('First', '{"errorMessage":"m"}'),
    canaryInvocations: { failure: failure('Second') },
  };
  expect(ending({ ...nothing, ...change } as unknown as RolloutEnd).failure).toEqual(failure('First', 'm'));
  const odd = { ...nothing, failure: failure('First', '{"errorMessage":1}') };
  expect(ending(odd as unknown as RolloutEnd).failure?.Cause).toBe('{"errorMessage":1}');
  const left = Array.from({ length: 30 }, (_, index) => `${index}`);
  const many = { failure: failure('Boom'), rollback: { verdict: 'left', left } };
  expect(ending({ ...nothing, ...many } as unknown as RolloutEnd).left).toEqual(left.slice(0, 20));
  const of = (outcome: OutcomeName, why: Failure | null = null) => hasSucceeded({ outcome, failure: why });
  expect([of('deployed'), of('rolledBack'), of('superseded'), of('superseded', failure('Superseded'))]).toEqual([
    ...[true, false, true, false],
  ]);
});
