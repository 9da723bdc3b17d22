// Finds what nobody works on any more: leases of executions that are over, and uploads that came to no outcome.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { RecoverRequest } from '../../state-machine/contract/request.ts';
import { isForgotten } from '../core/forgotten-upload.ts';
import { isTooSoon } from '../core/recovery-pause.ts';
import { recoveryName, retryName } from '../core/sweep-names.ts';
import type { Swept } from '../core/swept.ts';
import type { Clock } from '../ports/clock.ts';
import type { Executions } from '../ports/executions.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Uploads } from '../ports/uploads.ts';

export interface SweepPorts {
  clock: Clock;
  leases: Leases;
  executions: Executions;
  ledger: Ledger;
  uploads: Uploads;
}

/**
 * Level-triggered: what it finds is judged by what is there, and both kinds of executions are started by names that are the
 * same for the same find, so that two sweeps at once do no more than one.
 */
export const sweep = (ports: SweepPorts, bucketName: string) => async (): Promise<Swept> => {
  const since = await ports.ledger.sweptSince(ports.clock.now());
  const leases = await ports.leases.inUse();
  const recovered: string[] = [];
  for (const lease of leases) recovered.push(...(await recoverOver(ports, lease)));
  return { recovered, restarted: await restartForgotten(ports, leases, bucketName, since) };
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
    const name = recoveryName((recovers ?? rollout).rolloutId, fencing);
    if (await executions.start(name, request)) started.push(rollout.rolloutId);
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
