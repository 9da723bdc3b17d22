// What one look at a deployment reports, which looks show a change, and what a failure tells.
import { deploymentBegun } from '../../lambdas/core/endpoint/deployment-begun.ts';
import type { EndpointDescription } from '../../lambdas/core/endpoint/endpoint-description.ts';
import { judgeDeployment } from '../../lambdas/core/endpoint/judge-deployment.ts';
import { anEndpoint, everyStatus } from './an-endpoint.ts';

const START = Date.UTC(2026, 0, 1);
const target = { endpointName: 'iris', endpointConfigName: 'new', previousEndpointConfigName: 'old' };
const begun = deploymentBegun(new Date(START), 'Updating', 3600);
const changed = { ...begun, changeSeen: true };
const look = (endpoint: EndpointDescription | null, seconds = 10, before = begun) =>
  judgeDeployment(target, before, endpoint, new Date(START + seconds * 1000));

/** The same look until there is a verdict: what may be stale is believed late. */
function lastPoll(endpoint: EndpointDescription | null) {
  let deployment = begun;
  for (let seconds = 30; deployment.verdict === 'inProgress' && seconds < 3600; seconds += 30) {
    deployment = look(endpoint, seconds, deployment);
  }
  return deployment;
}

test('a look reports what it saw: the status, the progress and whether traffic moves', () => {
  const baking = { ...anEndpoint('Updating', 'old', 'new'), progress: 'primary: Baking', trafficMoves: true };
  expect(look(baking)).toMatchObject({ status: 'Updating', progress: 'primary: Baking', trafficMoves: true });
  expect(look(null, 10, { ...begun, progress: 'primary: Baking', trafficMoves: true })).toMatchObject({
    ...{ verdict: 'inProgress', status: 'NotFound', progress: null, trafficMoves: false, changeSeen: false },
  });
});

test('the next look comes after a tenth of the time that the deployment has taken, where no event comes before', () => {
  const waits = [10, 1000, 3000].map((seconds) => look(anEndpoint('Updating', 'old', 'new'), seconds).waitSeconds);
  expect(waits).toEqual([60, 100, 300]);
});

test.each(everyStatus)('%s shows a change where it is one that a deployment alone brings about', (status) => {
  const isChange = ['Creating', 'Updating', 'RollingBack'].includes(status);
  expect(look(anEndpoint(status, 'old')).changeSeen).toBe(isChange);
  expect(look(anEndpoint(status, 'old'), 10, changed).changeSeen).toBe(true);
});

test("somebody else's pending update is believed at once only where ours was seen before, or serves", () => {
  const foreign = (current: string) => anEndpoint('InService', current, 'foreign');
  expect(look(foreign('old')).verdict).toBe('inProgress');
  for (const now of [look(foreign('old'), 10, changed), look(foreign('new'))]) {
    expect(now).toMatchObject({ verdict: 'failed', failure: { Error: 'EndpointChanged' } });
  }
});

test('a pending update is waited for where the endpoint is in service, and not where it has failed', () => {
  expect(look(anEndpoint('InService', 'old', 'new'), 10, changed).verdict).toBe('inProgress');
  expect(look(anEndpoint('Failed', 'old', 'new'), 10, changed)).toMatchObject({
    failure: { Error: 'DeploymentFailed' },
  });
});

test.each([
  ['gone', null, 'EndpointChanged', ['does not exist']],
  ['being deleted', anEndpoint('Deleting', 'old'), 'EndpointChanged', ['being deleted']],
  ['being updated by somebody', anEndpoint('Updating', 'new', 'foreign'), 'EndpointChanged', ['foreign']],
  ['on a configuration of somebody', anEndpoint('InService', 'foreign'), 'EndpointChanged', ['foreign']],
  ['busy at the deadline', anEndpoint('Creating', 'new'), 'DeadlineExceeded', ['Creating', begun.deadline]],
  ['out of service', anEndpoint('OutOfService', 'new'), 'DeploymentFailed', ['OutOfService']],
  ['put back', anEndpoint('InService', 'old'), 'DeploymentRolledBack', ['old']],
] as const)('the endpoint is %s: the failure names it, and what stands in the way', (_name, endpoint, error, words) => {
  const { verdict, failure } = error === 'DeadlineExceeded' ? look(endpoint, 3600) : lastPoll(endpoint);
  expect([verdict, failure?.Error]).toEqual(['failed', error]);
  for (const word of ['iris', ...words]) expect(failure?.Cause).toContain(word);
});
