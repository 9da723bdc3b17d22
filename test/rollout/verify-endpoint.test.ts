// Verifying keeps the errors that nobody expected, with their log stream, for whoever has to explain the failure.
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { DeploymentTarget } from '../../lambdas/ports/deployment-target.ts';
import type { Answer, Invocations } from '../../lambdas/ports/invocations.ts';
import { runVerification } from '../../lambdas/tasks/parts/verification/run-verification.ts';
import { verifyAtOnce } from '../../lambdas/tasks/parts/verification/verify-at-once.ts';
import { aLeaseOutput } from '../lease/a-lease-output.ts';
import { aRequest } from '../lease/a-rollout.ts';
import { AccountPorts } from '../ports/account-ports.ts';
import { unexpected } from '../ports/unexpected.ts';

const goldenCase = (name: string, status: number | '4xx') => ({
  name,
  request: { contentType: 'application/json', body: {} },
  expect: { status, tolerance: 0 },
});

async function verify(answers: Record<string, Partial<Answer>>, cases: ReturnType<typeof goldenCase>[]) {
  const account = new AccountPorts();
  const goldenCases = await account.ports.documents.write('golden.json', { cases });
  const idle = neverLeased('iris');
  const { lease: held } = askForLease(idle, aRequest('rollout-1'), { currentVersionId: null, over: new Set() });
  await account.ports.leases.replace(idle, held);
  const asked: string[] = [];
  const invocations: Invocations = {
    invoke: async () => {
      const { name } = cases[asked.length % cases.length]!;
      asked.push(name);
      return { status: 200, body: '{}', latencyMilliseconds: 1, modelSha256: null, ...answers[name] };
    },
  };
  const ports = { ...account.ports, invocations, deploymentTarget: unexpected<DeploymentTarget>('deploymentTarget') };
  const target = { endpointName: 'iris', endpointConfigName: 'iris-c' };
  const canaryInvocations = { requests: 20, maximumErrorPercent: 0, maximumP99Milliseconds: 5_000 };
  const verification = verifyAtOnce(ports, target, { goldenCases, canaryInvocations });
  return runVerification(ports, aLeaseOutput(), target, verification, null);
}

test('the first three unexpected errors, cut; an expected one is none', async () => {
  const logStreamArn = 'arn:aws:logs:eu-west-1:1:log-group:g';
  const answers = {
    broken: { status: 500, body: 'x'.repeat(5_000), logStreamArn },
    slow: { status: 0, body: 'Your invocation timed out' },
    refused: { status: 400, body: 'as it must' },
  };
  const names = ['broken', 'slow', 'broken', 'slow'].map((name) => goldenCase(name, 200));
  const { verdict, modelErrors } = await verify(answers, [goldenCase('refused', '4xx'), ...names]);
  expect(verdict).toBe('failed');
  expect(modelErrors).toEqual([
    { originalStatus: 500, originalMessage: 'x'.repeat(300), logStreamArn },
    { originalStatus: 0, originalMessage: 'Your invocation timed out', logStreamArn: null },
    { originalStatus: 500, originalMessage: 'x'.repeat(300), logStreamArn },
  ]);
});
