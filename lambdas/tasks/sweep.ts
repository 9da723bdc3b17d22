// Finds what nobody works on any more: leases of executions that are over, executions and uploads that came to no outcome.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { RecoverRequest } from '../../state-machine/contract/request.ts';
import { isForgotten } from '../core/forgotten-upload.ts';
import { isTooSoon } from '../core/recovery-pause.ts';
import { endpointOfInput, isRecovery } from '../core/stopped-rollout.ts';
import { isRecoveryName, recoveryName, retryName, untoldName } from '../core/sweep-names.ts';
import type { Swept } from '../core/swept.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executions } from '../ports/executions.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { SweeperLedger } from '../ports/sweeper-ledger.ts';
import type { Uploads } from '../ports/uploads.ts';

export interface SweepPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
  ledger: Ledger;
  sweeperLedger: SweeperLedger;
  uploads: Uploads;
}

/** What the sweeper knows of the platform. */
export interface SweptPlatform {
  bucketName: string;
  defaultEndpointName: string | null;
}

/** Longer than the sweeper is ever away unnoticed: its alarms tell of it. */
const LOOKS_BACK_MILLISECONDS = 24 * 60 * 60_000;
/** Each takes a DescribeExecution, of which there are 10 a second: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_AT_ONCE = 200;

/**
 * Level-triggered: what it finds is judged by what is there, and all of executions are started by names that are the
 * same for the same find, so that two sweeps at once do no more than one.
 */
export const sweep = (ports: SweepPorts, platform: SweptPlatform) => async (): Promise<Swept> => {
  const since = await ports.sweeperLedger.sweptSince(ports.clock.now());
  const leases = await ports.leases.inUse();
  const recovered: string[] = [];
  for (const lease of leases) recovered.push(...(await recoverOver(ports, lease)));
  const restarted = await restartForgotten(ports, leases, platform.bucketName, since);
  // Last, because many sweeps at once are throttled in it: ListExecutions is allowed 2 to 5 times a second.
  recovered.push(...(await recoverUntold(ports, leases, platform, since)));
  return { recovered, restarted };
};

/** Owner and waiting rollouts whose executions are over. */
async function recoverOver({ clock, executions, leases }: SweepPorts, lease: Lease): Promise<string[]> {
  const { endpointName, owner, waiting, fencing } = lease;
  const started: string[] = [];
  for (const rollout of [...(owner === null ? [] : [owner.rollout]), ...waiting.map((entry) => entry.rollout)]) {
    const execution = await executions.find(rollout.executionArn);
    if (execution?.isRunning) continue;
    // Read before it ended, the lease may be free by now.
    const current = await leases.read(endpointName);
    const inHand = [current?.owner, ...(current?.waiting ?? [])].map((entry) => entry?.rollout.rolloutId);
    if (!inHand.includes(rollout.rolloutId)) continue;
    const recovers = rollout === owner?.rollout ? owner.recovers : null;
    if (recovers !== null && isTooSoon(execution, clock.now())) continue;
    const request: RecoverRequest = { action: 'recover', endpointName, rolloutId: rollout.rolloutId };
    const name = recoveryName((recovers ?? rollout).rolloutId, fencing, execution?.stoppedAt ?? null, clock.now());
    if (await executions.start(name, request)) started.push(rollout.rolloutId);
  }
  return started;
}

/** Executions that ended without an outcome, and that no lease knows: they changed nothing, but somebody waits to hear of it. */
async function recoverUntold(
  { clock, executions, sweeperLedger }: SweepPorts,
  leases: readonly Lease[],
  { defaultEndpointName }: SweptPlatform,
  since: string,
): Promise<string[]> {
  const now = clock.now();
  const from = Math.max(now.getTime() - LOOKS_BACK_MILLISECONDS, Date.parse(since));
  const leased = new Set(
    leases.flatMap(({ owner, waiting }) =>
      [owner?.rollout, owner?.recovers, ...waiting.map(({ rollout }) => rollout)].map((rollout) => rollout?.rolloutId),
    ),
  );
  const ended = new Map(
    (await executions.listEnded(new Date(from)))
      .filter(({ name }) => !isRecoveryName(name) && !leased.has(name))
      .map((execution) => [execution.name, execution]),
  );
  const untold = await sweeperLedger.withoutOutcome([...ended.keys()]);
  const started: string[] = [];
  for (const rolloutId of untold.slice(0, MOST_AT_ONCE)) {
    const { executionArn, stoppedAt } = ended.get(rolloutId)!;
    const execution = await executions.find(executionArn);
    if (execution === null || execution.isRunning || isRecovery(execution.input)) continue;
    const endpointName = endpointOfInput(execution.input, defaultEndpointName) ?? undefined;
    const request: RecoverRequest = { action: 'recover', endpointName, rolloutId };
    if (await executions.start(untoldName(rolloutId, stoppedAt, now), request)) started.push(rolloutId);
  }
  return started;
}

/** Every one of them: each gets an outcome of its own, and all but the newest end `superseded`. */
async function restartForgotten(
  { clock, executions, ledger, uploads }: SweepPorts,
  leases: readonly Lease[],
  bucketName: string,
  since: string,
): Promise<string[]> {
  const inHand = new Set(
    leases.flatMap(({ owner, waiting }) => [owner, ...waiting].map((holder) => keyOf(holder?.rollout.upload))),
  );
  const started: string[] = [];
  const now = clock.now();
  for (const upload of await uploads.listAll()) {
    if (!isForgotten(upload, since, now) || inHand.has(keyOf(upload)) || (await ledger.findUpload(upload)) !== null)
      continue;
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: bucketName }, object: { key: upload.key } },
    };
    if (await executions.start(retryName(upload, now), event)) started.push(upload.key);
  }
  return started;
}

const keyOf = (upload: { key: string; versionId: string } | null | undefined): string | null =>
  upload == null ? null : `${upload.versionId}#${upload.key}`;
