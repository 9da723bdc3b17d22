// A verification whose answers come later: begun once, polled after each wait, ended at its deadline at the latest.
import type { CanaryVerdict } from '../../lambdas/core/canary/judge-canary.ts';
import type { EndpointDescription } from '../../lambdas/core/endpoint/endpoint-description.ts';
import type { Leases } from '../../lambdas/ports/leases.ts';
import { runVerification } from '../../lambdas/tasks/parts/verification/run-verification.ts';
import type { Unanswered, Verification } from '../../lambdas/tasks/parts/verification/verification.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { CanaryInvocationsOutput, LeaseOutput } from '../../state-machine/contract/outputs.ts';
import { CanaryInvocationsOutputSchema } from '../../state-machine/contract/outputs.ts';
import { VERIFICATION_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { virtualClock } from '../ports/clock.ts';
import { unexpected } from '../ports/unexpected.ts';

const lease = { endpointName: 'iris', holder: 'rollout-1', fencing: 1 } as LeaseOutput;
const target = { endpointName: 'iris', endpointConfigName: 'iris-c' };
const progress = { bucket: 'bucket', key: 'rollouts/iris/rollout-1/canary.json' };
const unanswered: Unanswered = { verdict: 'waiting', waitSeconds: 60, progress };
const passed: CanaryVerdict = {
  ...{ verdict: 'passed', verified: 'golden', goldenCases: { passed: 1, failed: 0 }, modelSha256: null },
  ...{ requests: { sent: 20, failed: 0 }, latencyMilliseconds: null, warnings: [], failure: null },
};

function world(answers: readonly (CanaryVerdict | Unanswered)[], stopRequestedBy: string | null = null) {
  const asked: string[] = [];
  const next = () => answers[Math.min(asked.length, answers.length) - 1]!;
  const verification: Verification = {
    begin: async () => {
      asked.push('begin');
      return next();
    },
    poll: async (given) => {
      expect(given).toEqual(progress);
      asked.push('poll');
      return next();
    },
  };
  const held = {
    ...{ endpointName: 'iris', version: 1, fencing: 1, stopRequestedBy, cancellations: [], waiting: [] },
    owner: { rollout: { rolloutId: 'rollout-1' }, heartbeatAt: '2100-01-01T00:00:00.000Z' },
  } as unknown as Lease;
  const endpoint = {
    ...{ name: 'iris', status: 'InService', endpointConfigName: 'iris-c', pendingEndpointConfigName: null },
  } as EndpointDescription;
  const ports = {
    clock: virtualClock(),
    leases: unexpected<Leases>('leases', { read: async () => held }),
    deploymentTarget: unexpected<Parameters<typeof runVerification>[0]['deploymentTarget']>('deploymentTarget', {
      describe: async () => endpoint,
    }),
  };
  const step = (before: CanaryInvocationsOutput | null) => runVerification(ports, lease, target, verification, before);
  /** As the machine does it: asked again after each wait. */
  async function toTheEnd() {
    let output = await step(null);
    while (output.verdict === 'waiting') {
      await ports.clock.sleep(output.waitSeconds * 1000);
      output = await step(output);
    }
    return output;
  }
  return { asked, step, toTheEnd, clock: ports.clock };
}

test('answers that come at once end it at once', async () => {
  const { asked, step } = world([passed]);
  expect(await step(null)).toMatchObject({ verdict: 'passed', verified: 'golden', waitSeconds: 0, progress: null });
  expect(asked).toEqual(['begin']);
});

test('answers that come later are asked for again, until there is a verdict', async () => {
  const { asked, step, toTheEnd } = world([unanswered, unanswered, passed]);
  expect(await step(null)).toMatchObject({ verdict: 'waiting', verified: null, waitSeconds: 60, progress });
  asked.splice(0);
  expect(await toTheEnd()).toMatchObject({ verdict: 'passed', verified: 'golden', progress: null });
  expect(asked).toEqual(['begin', 'poll', 'poll']);
});

test('what waits is of the contract, small, and no pass', async () => {
  const output = await world([unanswered]).step(null);
  expect(CanaryInvocationsOutputSchema.parse(output)).toEqual(output);
  expect(output).toMatchObject({ failure: null, warnings: [] });
});

test('a verdict is kept as it is', async () => {
  const failed: CanaryVerdict = {
    ...{ ...passed, verdict: 'failed', verified: null },
    failure: { Error: 'CanaryFailed', Cause: 'Golden case "one": it is 2.' },
  };
  expect(await world([unanswered, failed]).toTheEnd()).toMatchObject(failed);
});

test('no answer within the time for it fails', async () => {
  const { asked, toTheEnd, clock } = world([unanswered]);
  const began = clock.now().getTime();
  expect(await toTheEnd()).toMatchObject({
    ...{ verdict: 'failed', verified: null, progress: null },
    failure: { Error: 'DeadlineExceeded', Cause: expect.stringContaining('within 2 hours') },
  });
  expect((clock.now().getTime() - began) / 1000).toBe(VERIFICATION_SECONDS);
  expect(asked.filter((what) => what === 'begin')).toHaveLength(1);
});

test('a rollout that is asked to stop asks nothing more', async () => {
  const before = await world([unanswered]).step(null);
  const { asked, step } = world([passed], 'rollback-9');
  expect(await step(before)).toMatchObject({ verdict: 'failed', failure: { Error: 'Stopped' } });
  expect(asked).toEqual([]);
});
