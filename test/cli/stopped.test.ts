// A rollout whose execution was stopped by hand: it is said that its recovery comes and when, and that is followed.
import { PassThrough } from 'node:stream';
import { leaseReport } from '../../cli/commands/lease.ts';
import { outcomeReport } from '../../cli/commands/outcome.ts';
import { followRecovery } from '../../cli/terminal/follow-recovery.ts';
import { type Progress, progress } from '../../cli/terminal/progress.ts';
import type { Deployer } from '../../client/client.ts';
import type { ExecutionEnded, StateChange } from '../../client/history/state-change.ts';
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { aRequest } from '../lease/a-rollout.ts';
import { anOutcome } from '../outcome/an-outcome.ts';

const ARN = 'arn:aws:states:us-east-1:1:execution:Rollout:r-7';
const RECOVERY = 'arn:aws:states:us-east-1:1:execution:Rollout:recover-1-r-7';
const stack = { name: 'S', bucketName: 'b', stateMachineArn: 'arn', ledgerTableName: 'l', recoveryDelaySeconds: 120 };
const told = anOutcome({ rolloutId: 'r-7', outcome: 'rolledBack', error: 'Stopped', succeeded: false });
const stoppedAt = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000);
const ended = (at: Date): ExecutionEnded => ({
  type: 'ended',
  at,
  status: 'ABORTED',
  outcome: null,
  error: null,
  cause: null,
});

/** The ledger has the outcome once the recovery was followed, or from a look on. */
function deployer({ recoveryAt = 2, end = ended(stoppedAt(5)), key = '' } = {}) {
  const asked: string[] = [];
  let looks = 0;
  let outcome: Outcome | null = null;
  const recoveryEnd: ExecutionEnded = { ...ended(new Date()), status: 'SUCCEEDED' };
  const fake = {
    stack,
    recorded: async () => outcome,
    findRecovery: async () => (++looks >= recoveryAt ? RECOVERY : null),
    async *watch(executionArn: string): AsyncGenerator<StateChange> {
      asked.push(executionArn);
      if (executionArn === RECOVERY) outcome = told;
      yield executionArn === RECOVERY ? recoveryEnd : end;
    },
    outcome: async () => null,
    findExecution: async () => (key === '' ? null : ARN),
    execution: async () => ({
      ...{ executionArn: ARN, rolloutId: 'r-7', status: 'ABORTED', stoppedAt: end.at, endpointName: 'iris' },
    }),
    lease: async () =>
      askForLease(neverLeased('iris'), aRequest('r-7'), { currentVersionId: null, over: new Set() }).lease,
  };
  return { asked, fake: fake as unknown as Deployer };
}

function recorded(): Progress & { said: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  return { ...progress(stream), said: () => text };
}

test('what comes and from when on is said, the recovery is followed, and its outcome is the end', async () => {
  const { asked, fake } = deployer();
  const end = ended(stoppedAt(5));
  const shown = recorded();
  const after = await followRecovery(fake, ARN, end, shown, 1);
  shown.stop();
  expect(after).toEqual({ ...end, outcome: told });
  expect(asked).toEqual([RECOVERY]);
  expect(shown.said()).toContain(`Its execution ended ABORTED at ${end.at.toISOString()} and left no outcome.`);
  expect(shown.said()).toContain(`which acts from ${new Date(end.at.getTime() + 120_000).toISOString()} on`);
  expect(shown.said()).toContain(`Its rollback is finished by ${RECOVERY}`);
});

test('nothing is waited for that does not come any more, that is told already, or that recovers itself', async () => {
  const { asked, fake } = deployer({ recoveryAt: Number.POSITIVE_INFINITY });
  const shown = recorded();
  const old = ended(stoppedAt(86_400));
  expect(await followRecovery(fake, ARN, old, shown, 1)).toEqual(old);
  const known = { ...old, outcome: told };
  expect(await followRecovery(fake, ARN, known, shown, 1)).toBe(known);
  expect(await followRecovery(fake, RECOVERY, old, shown, 1)).toBe(old);
  shown.stop();
  expect(asked).toEqual([]);
});

test('`outcome` waits for it too, also where only the key of the upload is known', async () => {
  const key = 'models/iris/v1/model.tar.gz';
  const shown = recorded();
  for (const [of, ref] of [
    [deployer({ recoveryAt: 1 }), { executionArn: ARN, upload: null }],
    [deployer({ recoveryAt: 1, key }), { executionArn: null, upload: { bucket: 'b', key } }],
  ] as const) {
    const report = await outcomeReport(of.fake, ref, shown);
    expect(report).toMatchObject({ status: 1, json: { status: 'ABORTED', outcome: told } });
    expect(of.asked).toEqual([ARN, RECOVERY]);
  }
  await expect(
    outcomeReport(deployer().fake, { executionArn: null, upload: { bucket: 'b', key } }, shown),
  ).rejects.toThrow(`No rollout of ${key} has ended yet.`);
  shown.stop();
});

test('`lease` says it of who holds it, with the command that follows it', async () => {
  const { fake } = deployer({ recoveryAt: 1 });
  const { text, json } = await leaseReport(fake, 'iris');
  expect(text).toMatch(/^r-7 \(deploy\) changes iris\.\n.*\n {2}Its execution ended ABORTED at .* acts from .* on/);
  expect(text).toContain(`To follow that: npm run cli -- watch ${RECOVERY}`);
  expect(json).toMatchObject({ stopped: { 'r-7': { status: 'ABORTED', recovery: RECOVERY } } });
});
