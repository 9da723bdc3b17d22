// One look at an endpoint that is being deployed: when it counts as in service, as failed, or as changed by somebody else.
import fc from 'fast-check';
import { deploymentBegun } from '../../lambdas/core/endpoint/deployment-begun.ts';
import { judgeDeployment } from '../../lambdas/core/endpoint/judge-deployment.ts';
import type { Planned } from '../../state-machine/contract/outputs.ts';
import { runs } from '../setup/runs.ts';
import { anEndpoint, everyStatus } from './an-endpoint.ts';

const START = Date.UTC(2026, 0, 1);
const plan: Planned = {
  verdict: 'proceed',
  endpointName: 'iris',
  operation: 'update',
  modelNames: ['iris-m-new'],
  endpointConfigName: 'new',
  previousEndpointConfigName: 'old',
  candidate: null,
  guarded: false,
  document: { bucket: 'bucket', key: 'plan.json' },
};
const begun = deploymentBegun(new Date(START), 'Updating', 3600);
const at = (seconds: number) => new Date(START + seconds * 1000);

const changed = { ...begun, changeSeen: true };
test.each([
  ['updating to ours', begun, anEndpoint('Updating', 'old', 'new'), 10, 'inProgress', null],
  ['in service on ours', changed, anEndpoint('InService', 'new'), 300, 'inService', null],
  [
    'in service on ours, and something still pending',
    changed,
    anEndpoint('InService', 'new', 'new'),
    300,
    'inProgress',
    null,
  ],
  [
    'back on the old one after a change was seen',
    changed,
    anEndpoint('InService', 'old', null, 'an alarm'),
    300,
    'failed',
    'DeploymentRolledBack',
  ],
  ['failed', changed, anEndpoint('Failed', 'new'), 300, 'failed', 'DeploymentFailed'],
  ['out of service', changed, anEndpoint('OutOfService', 'new'), 300, 'failed', 'DeploymentFailed'],
  [
    'a mix after a failed rollback',
    changed,
    anEndpoint('UpdateRollbackFailed', 'old'),
    300,
    'failed',
    'DeploymentFailed',
  ],
  [
    'on a configuration of somebody else',
    changed,
    anEndpoint('InService', 'foreign'),
    300,
    'failed',
    'EndpointChanged',
  ],
  [
    'being updated by somebody else',
    changed,
    anEndpoint('Updating', 'new', 'foreign'),
    300,
    'failed',
    'EndpointChanged',
  ],
  ['being deleted', changed, anEndpoint('Deleting', 'old'), 300, 'failed', 'EndpointChanged'],
  ['still updating at the deadline', changed, anEndpoint('Updating', 'old', 'new'), 3600, 'failed', 'DeadlineExceeded'],
] as const)('%s', (_name, before, endpoint, seconds, verdict, error) => {
  const result = judgeDeployment(plan, before, endpoint, at(seconds));
  expect([result.verdict, result.failure?.Error ?? null]).toEqual([verdict, error]);
});

test('what looks as it was before is believed on the fourth look, each half a minute after the last', () => {
  const looks = [5, 10, 34, 36, 40, 64, 67, 96, 98];
  const verdicts: string[] = [];
  let deployment = begun;
  for (const seconds of looks) {
    deployment = judgeDeployment(plan, deployment, anEndpoint('InService', 'old'), at(seconds));
    verdicts.push(deployment.verdict);
  }
  expect(verdicts).toEqual([...Array(8).fill('inProgress'), 'failed']);
  expect(deployment.failure?.Error).toBe('DeploymentRolledBack');
});

test('a reason that SageMaker gave once is kept, though a later answer lacks it', () => {
  const told = judgeDeployment(plan, changed, anEndpoint('Updating', 'old', 'new', 'ping failed'), at(60));
  const ended = judgeDeployment(plan, told, anEndpoint('InService', 'old'), at(90));
  expect(ended.failure?.Cause).toContain('ping failed');
});

const anyConfig = fc.constantFrom('new', 'old', 'foreign');
const anyEndpoint = fc.option(
  fc
    .record({ status: fc.constantFrom(...everyStatus), current: anyConfig, pending: fc.option(anyConfig) })
    .map(({ status, current, pending }) => anEndpoint(status, current, pending)),
);
test('in service is said of nothing but InService, on the intended configuration, with nothing pending; and every series ends', () => {
  fc.assert(
    fc.property(fc.array(anyEndpoint, { maxLength: 5 }), anyEndpoint, (series, last) => {
      let deployment = begun;
      let now = 0;
      for (const endpoint of [...series, ...Array.from({ length: 1000 }, () => last)]) {
        now += deployment.waitSeconds;
        deployment = judgeDeployment(plan, deployment, endpoint, at(now));
        if (deployment.verdict === 'inService') {
          expect(endpoint).toMatchObject({
            status: 'InService',
            endpointConfigName: 'new',
            pendingEndpointConfigName: null,
          });
        }
        if (deployment.verdict === 'failed') expect(deployment.failure).not.toBeNull();
        if (deployment.verdict !== 'inProgress') return;
      }
      throw new Error(`No end in ${now} s.`);
    }),
    { numRuns: runs(3000) },
  );
});
