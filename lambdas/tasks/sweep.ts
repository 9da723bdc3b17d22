// Finds what nobody works on any more: leases of executions that are over, executions and uploads that came to no outcome.
import type { Lease } from '../../state-machine/contract/lease.ts';
import { leaseRollouts } from '../core/lease/lease-rollouts.ts';
import { isLostEvent } from '../core/recovery/lost-event.ts';
import { rotateStart } from '../core/recovery/rotate-start.ts';
import { stoppedExecution } from '../core/recovery/stopped-execution.ts';
import { retryName } from '../core/recovery/sweep-names.ts';
import type { SweepResult } from '../core/recovery/sweep-result.ts';
import type { Executions } from '../ports/executions.ts';
import type { SweepPorts } from '../ports/sweep-ports.ts';
import { recoverEnded } from './parts/recovery/recover-ended.ts';
import { recoverUnreported } from './parts/recovery/recover-unreported.ts';
import { sweepStopped } from './parts/recovery/sweep-stopped.ts';

/** What the sweeper knows of the platform. */
export interface SweptPlatform {
  bucketName: string;
  defaultEndpointName: string | null;
}

/** Longer than the sweeper is ever away unnoticed: its alarms tell of it. */
const LOOKS_BACK_MILLISECONDS = 24 * 60 * 60_000;
/**
 * Of the function's own time: none of the three parts goes on when less is left, so that each has its share, and a call that
 * AWS never answers (three times 15 s) still ends within the rest.
 */
const LEAVES_MILLISECONDS = { leases: 120_000, uploads: 85_000, unreported: 50_000 };
/**
 * DescribeExecution is allowed 250 to 300 times at once, and then 10 to 15 times a second, to all of the account; rollouts
 * that wait need it too. A sweep takes less than half: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const DESCRIBED_AT_ONCE = 100;
const PAUSE_MILLISECONDS = 200;
/** Events of a fleet that is stopped take the rate for minutes: what is refused is asked for again, for ten seconds. */
const THROTTLED = { attempts: 5, pauseMilliseconds: 2_000 };

/**
 * Level-triggered: what it finds is judged by what is there, and all of executions are started by names that are the
 * same for the same find, so that two sweeps at once do no more than one. `event`: one that tells of an execution's end is
 * about that execution alone.
 */
export const sweep =
  (ports: SweepPorts, platform: SweptPlatform) =>
  (event: unknown): Promise<SweepResult> => {
    const stopped = stoppedExecution(event);
    return stopped === null
      ? sweepAll({ ...ports, executions: paced(ports) }, platform)
      : sweepStopped(ports, platform, stopped);
  };

async function sweepAll(ports: SweepPorts, platform: SweptPlatform): Promise<SweepResult> {
  const { clock, executions } = ports;
  const leaves = (milliseconds: number) => () => clock.remainingMilliseconds() > milliseconds;
  const since = await ports.sweeperLedger.sweptSince(clock.now());
  const leases = await ports.leases.inUse();
  const over = await recoverOver(ports, leases, leaves(LEAVES_MILLISECONDS.leases));
  const forgotten = await restartLost(ports, leases, platform, since, leaves(LEAVES_MILLISECONDS.uploads));
  const from = Math.max(clock.now().getTime() - LOOKS_BACK_MILLISECONDS, Date.parse(since));
  const ended = await executions.listEnded(new Date(from));
  const unreported = await recoverUnreported(ports, platform, leases, ended, leaves(LEAVES_MILLISECONDS.unreported));
  return {
    recovered: [...over.started, ...unreported.started],
    restarted: forgotten.started,
    left: over.left + forgotten.left + unreported.left,
  };
}

/**
 * Owners and waiting rollouts whose executions are over. The list only says who need not be described: it was made after
 * the leases were read, so whoever is on it was running since. Whoever ended a moment ago may be on it, and is found by the
 * next sweep; whoever is missing though it runs is described, and found running.
 */
async function recoverOver(
  ports: SweepPorts,
  leases: readonly Lease[],
  hasTime: () => boolean,
): Promise<{ started: string[]; left: number }> {
  const started: string[] = [];
  const inHand = leases.flatMap((lease) => leaseRollouts(lease).map((rollout) => ({ lease, rollout })));
  if (inHand.length === 0) return { started, left: 0 };
  const running = await ports.executions.listRunning();
  const unlisted = inHand.filter(({ rollout }) => !running.has(rollout.executionArn));
  for (const [index, { lease, rollout }] of rotateStart(unlisted, ports.clock.now()).entries()) {
    if (!hasTime()) return { started, left: unlisted.length - index };
    const execution = await ports.executions.find(rollout.executionArn);
    if (execution?.isRunning) continue;
    if (await recoverEnded(ports, lease, rollout, execution)) started.push(rollout.rolloutId);
  }
  return { started, left: 0 };
}

/** Every one of them: each gets an outcome of its own, and all but the newest end `superseded`. */
async function restartLost(
  { clock, executions, ledger, uploads }: SweepPorts,
  leases: readonly Lease[],
  { bucketName }: SweptPlatform,
  since: string,
  hasTime: () => boolean,
): Promise<{ started: string[]; left: number }> {
  const inHand = new Set(leases.flatMap((lease) => leaseRollouts(lease).map(({ upload }) => keyOf(upload))));
  const started: string[] = [];
  const now = clock.now();
  const old = (await uploads.listAll()).filter(
    (upload) => isLostEvent(upload, since, now) && !inHand.has(keyOf(upload)),
  );
  for (const [index, upload] of rotateStart(old, now).entries()) {
    if (!hasTime()) return { started, left: old.length - index };
    if ((await ledger.findUpload(upload)) !== null) continue;
    const event = {
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: { bucket: { name: bucketName }, object: { key: upload.key } },
    };
    if (await executions.start(retryName(upload, now), event)) started.push(upload.key);
  }
  return { started, left: 0 };
}

function paced({ clock, executions }: SweepPorts): Executions {
  let described = 0;
  return {
    ...executions,
    async find(executionArn) {
      for (let attempt = 1; ; attempt += 1) {
        described += 1;
        if (described > DESCRIBED_AT_ONCE) await clock.sleep(PAUSE_MILLISECONDS);
        try {
          return await executions.find(executionArn);
        } catch (error) {
          if ((error as Error).name !== 'Throttled' || attempt >= THROTTLED.attempts) throw error;
          await clock.sleep(THROTTLED.pauseMilliseconds);
        }
      }
    },
  };
}

const keyOf = (upload: { key: string; versionId: string } | null): string | null =>
  upload === null ? null : `${upload.versionId}#${upload.key}`;
