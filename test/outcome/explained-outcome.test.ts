// A failed rollout's explanation, everywhere that its outcome goes.
import { outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import type { ContainerLogs } from '../../lambdas/ports/container-logs.ts';
import { recordOutcome } from '../../lambdas/tasks/record-outcome.ts';
import { MAXIMUM_CAUSE_BYTES, OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import { AccountPorts } from '../ports/account-ports.ts';
import { unexpected } from '../ports/unexpected.ts';
import { aDeployment, anEnd, aPlan, passed, planned, rollback } from './ends.ts';

const failure = {
  Error: 'DeploymentFailed',
  Cause: `The endpoint iris is Failed instead of InService. ${'\u6f22'.repeat(2_000)}`,
};
const deployment = aDeployment({
  ...{ verdict: 'failed', status: 'Failed', failure },
  failureReason: 'The primary container for production variant primary did not pass the ping health check.',
});
const end = anEnd({ plan: planned, deployment, failure, rollback: rollback('rolledBack') });

/** What the containers of every endpoint have printed. */
const printed = (lines: string[]) => unexpected<ContainerLogs>('containerLogs', { tail: async () => lines });

async function run(containerLogs: ContainerLogs, of = end) {
  const account = new AccountPorts();
  await account.ports.documents.write('rollouts/iris/rollout-1/plan.json', aPlan);
  return { outcome: await recordOutcome({ ...account.ports, containerLogs })(of), account };
}

test('why and what to do are in the document, the ledger, the event, the mail and the cause', async () => {
  const lines = ['loading', 'numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array'];
  const { outcome, account } = await run(printed(lines));
  expect(OutcomeSchema.parse(outcome)).toEqual(outcome);
  const { explanation, cause } = outcome;
  expect(explanation).toMatchObject({
    cause: 'outOfMemory',
    evidence: [
      `FailureReason: ${deployment.failureReason}`,
      'EndpointStatus: Failed',
      `Log: ${lines[1]}`,
      'Log: loading',
    ],
  });
  expect(account.document('rollouts/iris/rollout-1/outcome.json')).toMatchObject({ explanation });
  expect([account.outcomes[0]?.explanation, account.account.announced[0]?.explanation]).toEqual([
    explanation,
    explanation,
  ]);
  expect(cause).toMatch(/^The endpoint iris is Failed instead of InService\./);
  expect(cause?.endsWith(`Why (outOfMemory): ${explanation!.summary}\nWhat to do: ${explanation!.nextStep}`)).toBe(
    true,
  );
  expect(Buffer.byteLength(cause!)).toBeLessThanOrEqual(MAXIMUM_CAUSE_BYTES);
  const mail = outcomeText(outcome);
  for (const told of [explanation!.summary, explanation!.nextStep, ...explanation!.evidence])
    expect(mail).toContain(told);
});

test('a log that cannot be read costs the explanation some evidence, and nothing else', async () => {
  const closed = unexpected<ContainerLogs>('containerLogs', { tail: () => Promise.reject(new Error('closed')) });
  const { outcome } = await run(closed);
  expect(outcome).toMatchObject({
    outcome: 'rolledBack',
    explanation: {
      cause: 'healthCheckFailed',
      evidence: expect.arrayContaining(['The log could not be read: Error: closed']),
    },
  });
});

test('what succeeds needs no explanation, and no log is read for it', async () => {
  const { outcome } = await run(unexpected('containerLogs'), anEnd({ plan: planned, canaryInvocations: passed }));
  expect([outcome.outcome, outcome.explanation, outcome.cause]).toEqual(['deployed', null, null]);
});
