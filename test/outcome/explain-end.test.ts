// Which endpoint's log is read when a rollout has failed, since when, and that reading it can fail.
import type { RolloutEnd } from '../../lambdas/core/outcome/outcome.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { ContainerLogs } from '../../lambdas/ports/container-logs.ts';
import { explainEnd } from '../../lambdas/tasks/parts/outcome/explain-end.ts';
import type { CanaryInvocationsOutput, Deployment } from '../../state-machine/contract/outputs.ts';
import { unexpected } from '../ports/unexpected.ts';
import { aDeployment, anEnd, passed, planned } from './ends.ts';

const failure = { Error: 'DeploymentFailed', Cause: 'The endpoint is Failed instead of InService.' };
const CANDIDATE = 'iris-k-0123456789abcdef';
const withCandidate = {
  ...planned,
  candidate: { endpointName: CANDIDATE, endpointConfigName: `${CANDIDATE}-c` },
};
const asked = (startedAt: string, changes: Partial<Deployment> = {}): Deployment =>
  aDeployment({ verdict: 'failed', startedAt, status: 'Failed', failure, ...changes });
const failedCanary: CanaryInvocationsOutput = {
  ...passed,
  verdict: 'failed',
  modelErrors: [{ originalStatus: 500, originalMessage: 'boom', logStreamArn: 'arn:aws:logs:x' }],
  failure: { Error: 'CanaryFailed', Cause: 'Golden case "a": the status is 500 instead of 200: boom.' },
};

function logs(lines: string[]): ContainerLogs & { asked: [string, string][] } {
  const read: [string, string][] = [];
  return {
    asked: read,
    tail: async (endpointName, { since }) => {
      read.push([endpointName, since.toISOString()]);
      return lines;
    },
    expire: async () => {
      throw new Error('Unexpected call: logs.expire');
    },
  };
}

test.each<[string, Partial<RolloutEnd>, [string, string][]]>([
  ['before anything was started, none', { plan: withCandidate }, []],
  ['without a plan, none', {}, []],
  [
    'a candidate',
    { plan: withCandidate, candidate: asked('2026-01-01T11:10:00.000Z') },
    [[CANDIDATE, '2026-01-01T11:10:00.000Z']],
  ],
  [
    'the live endpoint, whose candidate was well',
    {
      plan: withCandidate,
      candidate: asked('2026-01-01T11:10:00.000Z', { verdict: 'inService' }),
      candidateCanaryInvocations: passed,
      deployment: asked('2026-01-01T11:20:00.000Z'),
    },
    [['iris', '2026-01-01T11:20:00.000Z']],
  ],
  [
    'what serves unchanged, verified again',
    { plan: { ...planned, verdict: 'unchanged' }, canaryInvocations: failedCanary },
    [['iris', '2026-01-01T11:00:00.000Z']],
  ],
])('%s', async (_, end, expected) => {
  const port = logs([]);
  await explainEnd(port, anEnd(end), failure);
  expect(port.asked).toEqual(expected);
});

test('what was printed, said and answered comes together', async () => {
  const deployment = asked('2026-01-01T11:20:00.000Z', { failureReason: 'did not pass the ping health check' });
  expect(await explainEnd(logs(['MemoryError']), anEnd({ plan: planned, deployment }), failure)).toMatchObject({
    cause: 'outOfMemory',
    evidence: ['FailureReason: did not pass the ping health check', 'EndpointStatus: Failed', 'Log: MemoryError'],
  });
  const end = anEnd({
    plan: withCandidate,
    candidate: asked('2026-01-01T11:10:00.000Z'),
    candidateCanaryInvocations: failedCanary,
  });
  expect(await explainEnd(logs([]), end, failedCanary.failure!)).toMatchObject({
    cause: 'failedAnswers',
    evidence: expect.arrayContaining(['Answer of the model: status 500 (arn:aws:logs:x)']),
  });
});

test('a log that cannot be read is said, and does not hide the rest', async () => {
  const port = unexpected<ContainerLogs>('logs', {
    tail: () => Promise.reject(new RolloutError('AccessDenied', 'no logs:FilterLogEvents')),
  });
  const deployment = asked('2026-01-01T11:20:00.000Z', { failureReason: 'did not pass the ping health check' });
  expect(await explainEnd(port, anEnd({ plan: planned, deployment }), failure)).toMatchObject({
    cause: 'healthCheckFailed',
    evidence: expect.arrayContaining(['The log could not be read: AccessDenied: no logs:FilterLogEvents']),
  });
});
