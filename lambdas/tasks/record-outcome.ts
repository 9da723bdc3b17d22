// RecordOutcome: reports how the rollout ended to everybody who may ask: documents, ledger, mail, event.
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { leaveLease } from '../core/lease/lease.ts';
import { toWake } from '../core/lease/to-wake.ts';
import { buildOutcome, isVerified, type OutcomeFacts, takenOver } from '../core/outcome/build-outcome.ts';
import { ending, type RolloutEnd } from '../core/outcome/outcome.ts';
import { recordingDuty } from '../core/outcome/recording-duty.ts';
import { outcomeDocumentKeys, type ReportedRollout, reportedRollout } from '../core/outcome/reported-rollout.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Announcements } from '../ports/announcements.ts';
import type { Clock } from '../ports/clock.ts';
import type { ContainerLogs } from '../ports/container-logs.ts';
import type { Documents } from '../ports/documents.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { OutcomeRecords } from '../ports/outcome-records.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { explainEnd } from './parts/outcome/explain-end.ts';
import { type WakePorts, wake } from './parts/waiting/wake.ts';

interface Ports extends WakePorts {
  clock: Clock;
  documents: Documents;
  ledger: Ledger & OutcomeRecords;
  leases: Leases;
  announcements: Announcements;
  containerLogs: ContainerLogs;
}

/**
 * May be repeated: the ledger keeps the first record, documents are written again, announcements may come twice.
 *
 * @param supersededFails whether the execution of a rollout that was superseded ends FAILED
 */
export const recordOutcome =
  (ports: Ports, supersededFails = false): Task<'RecordOutcome'> =>
  async (end) => {
    const ended = ending(end, supersededFails);
    const rollout = reportedRollout(end);
    const { endpointName, rolloutId } = rollout;
    const lease = endpointName === null ? null : await ports.leases.read(endpointName);
    const recorded = await ports.ledger.findOutcome(rolloutId);
    const duty = recordingDuty(end, lease, recorded);
    switch (duty.duty) {
      case 'refuse':
        throw new RolloutError('CallRefused', duty.because);
      case 'leaveToSuccessor':
        return recorded ?? lostOutcome(ports, { end, ended, rollout, lease });
      case 'repeat':
        await leave(ports, end, lease);
        return announce(ports, rollout, duty.recorded);
      case 'record':
        return announce(ports, rollout, await record(ports, { end, ended, rollout, lease }));
    }
  };

type KnownEnd = Pick<OutcomeFacts, 'end' | 'ended' | 'rollout' | 'lease'>;

/** The outcome goes into the ledger, and the lease is free, both or neither. */
async function record(ports: Ports, known: KnownEnd): Promise<Outcome> {
  const { clock, containerLogs, documents, ledger } = ports;
  const { end, ended, rollout } = known;
  const [newest = null] = rollout.endpointName === null ? [] : await ledger.releases(rollout.endpointName, 1);
  const planned = end.plan !== null && 'document' in end.plan ? end.plan : null;
  const plan = isVerified(ended) && planned !== null ? await readPlan(documents, planned) : null;
  const explanation = ended.failure && (await explainEnd(containerLogs, end, ended.failure));
  const now = clock.now();
  const { outcome, release, leaving } = buildOutcome({ ...known, plan, newest, explanation, now });
  if (!(await ledger.record(outcome, release, leaving))) throw writtenByOthers(rollout.endpointName);
  if (leaving !== null) await wake(ports, toWake(leaving.previous, leaving.next, end.execution.name, now));
  return outcome;
}

/** The outcome is in the ledger already, and the lease may be held or waited for all the same. */
async function leave(ports: Ports, { execution }: RolloutEnd, lease: Lease | null): Promise<void> {
  const now = ports.clock.now();
  const next = lease && leaveLease(lease, execution.name, now);
  if (lease === null || next === null || next === lease) return;
  if (!(await ports.leases.replace(lease, next))) throw writtenByOthers(lease.endpointName);
  await wake(ports, toWake(lease, next, execution.name, now));
}

async function announce(ports: Ports, rollout: ReportedRollout, outcome: Outcome): Promise<Outcome> {
  for (const key of outcomeDocumentKeys(rollout, outcome)) await ports.documents.write(key, outcome);
  await ports.announcements.announce(outcome);
  return outcome;
}

function lostOutcome({ clock }: Ports, known: KnownEnd): Outcome {
  const { outcome } = buildOutcome({ ...known, plan: null, newest: null, explanation: null, now: clock.now() });
  return takenOver(outcome, known.lease);
}

const writtenByOthers = (endpointName: string | null) =>
  new RolloutError('NotReady', `The lease of ${endpointName} was written by others at the same moment.`);
