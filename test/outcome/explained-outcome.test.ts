// A failed rollout's explanation, everywhere that its outcome goes.
import { outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import type { ContainerLogs } from '../../lambdas/ports/container-logs.ts';
import { recordOutcome } from '../../lambdas/tasks/record-outcome.ts';
import { MAXIMUM_CAUSE_BYTES, OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import type { Deployment } from '../../state-machine/contract/outputs.ts';
import { keptAnnouncements } from '../ports/announcements.ts';
import { virtualClock } from '../ports/clock.ts';
import { inMemoryContainerLogs } from '../ports/container-logs.ts';
import { inMemoryDocuments } from '../ports/documents.ts';
import { inMemoryLeases } from '../ports/leases.ts';
import { inMemoryLedger } from '../ports/ledger.ts';
import { unexpected } from '../ports/unexpected.ts';
import { anEnd, aPlan, passed, planned, rollback } from './ends.ts';

const failure = {
  Error: 'DeploymentFailed',
  Cause: `The endpoint iris is Failed instead of InService. ${'\u6f22'.repeat(2_000)}`,
};
const deployment = {
  ...{ verdict: 'failed', startedAt: '2026-01-01T11:10:00.000Z', status: 'Failed', failure },
  failureReason: 'The primary container for production variant primary did not pass the ping health check.',
} as Deployment;
const end = anEnd({ plan: planned, deployment, failure, rollback: rollback('rolledBack') });

async function run(containerLogs: ContainerLogs, of = end) {
  const documents = inMemoryDocuments();
  await documents.write('rollouts/iris/rollout-1/plan.json', aPlan);
  const leases = inMemoryLeases();
  const announcements = keptAnnouncements();
  const ports = { clock: virtualClock(), documents, ledger: inMemoryLedger([], leases), leases };
  const record = recordOutcome({ ...ports, announcements, containerLogs });
  return { outcome: await record(of), documents, announcements, ledger: ports.ledger };
}

test('why and what to do are in the document, the ledger, the event, the mail and the cause', async () => {
  const lines = ['loading', 'numpy._core._exceptions._ArrayMemoryError: Unable to allocate 7.45 GiB for an array'];
  const { outcome, documents, announcements, ledger } = await run(inMemoryContainerLogs({ iris: lines }));
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
  expect(documents.at('rollouts/iris/rollout-1/outcome.json')).toMatchObject({ explanation });
  expect([ledger.outcomes[0]?.explanation, announcements.announced[0]?.explanation]).toEqual([
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

test('an outcome from before there were explanations has none', async () => {
  const { outcome } = await run(inMemoryContainerLogs());
  const { explanation: _, ...older } = outcome;
  expect(OutcomeSchema.parse(older).explanation).toBeNull();
});
