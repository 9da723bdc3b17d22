// RollBack: takes the next step of the rollback. Run again after each wait, until nothing of the rollout is left.
import type { Rollback } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { SECONDS_BETWEEN_POLLS } from '../core/endpoint/confirm-unchanged.ts';
import { pollIntervalSeconds, untilGoneSeconds } from '../core/endpoint/poll-interval.ts';
import { beginRollback, howFarItCame } from '../core/rollback/begin-rollback.ts';
import { believedStep } from '../core/rollback/believed-step.ts';
import { noted } from '../core/rollback/noted.ts';
import { rollbackStep, showsChange } from '../core/rollback/rollback-step.ts';
import { adjustmentText } from '../core/weights/next-adjustment.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { ContainerLogs } from '../ports/container-logs.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { heldLease, type LeasePorts, underLease } from './parts/lease/under-lease.ts';
import { removeCandidateFirst } from './parts/rollback/remove-candidate-first.ts';
import { removeLeftovers } from './parts/rollback/remove-leftovers.ts';
import { restoreEndpoint } from './parts/rollback/restore-endpoint.ts';
import { restoreSettings } from './parts/rollback/restore-settings.ts';
import { untilDeadline } from './parts/rollback/until-deadline.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  alarms: Alarms;
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  containerLogs: ContainerLogs;
  models: Models;
  scaling: Scaling;
  ledger: Ledger;
}

/** `retainedCount`: how many releases are kept for rollbacks. Their configurations and models stay, whoever made them. */
export const rollBack =
  (bound: Ports, retainedCount: number): Task<'RollBack'> =>
  async ({ lease, rollback, ...outputs }) => {
    const ports = underLease(bound, lease);
    const now = ports.clock.now();
    const reached = howFarItCame(outputs);
    const progress = rollback ?? beginRollback(now, reached);
    return untilDeadline(progress, now, async () => {
      await heldLease(bound, lease);
      const plan = await readPlan(ports.documents, outputs.plan);
      if (plan.candidate !== null && progress.candidate !== 'none') {
        return removeCandidateFirst(ports, plan, plan.candidate, progress, now);
      }
      return takeStep(ports, plan, progress, now, { ...reached, retainedCount, document: outputs.plan.document });
    });
  };

async function takeStep(
  ports: Ports,
  plan: Plan,
  progress: Rollback,
  now: Date,
  { isUntouched, retainedCount, document }: { isUntouched: boolean; retainedCount: number; document: DocumentRef },
): Promise<Rollback> {
  const endpoint = await ports.deploymentTarget.describe(plan.endpointName);
  const tags = endpoint === null ? {} : await ports.deploymentTarget.tags(endpoint.arn);
  const waited = now.getTime() - Date.parse(progress.startedAt);
  const waiting: Rollback = {
    ...progress,
    verdict: 'waiting',
    status: endpoint?.status ?? null,
    changeSeen: progress.changeSeen || showsChange(plan, endpoint),
    waitSeconds: pollIntervalSeconds(waited),
    awaits: undefined,
  };
  const removeOwn = () => removeLeftovers(ports, plan, endpoint, retainedCount);
  const next = rollbackStep(plan, endpoint, tags, progress, isUntouched);
  const step = believedStep(next, endpoint, waiting, isUntouched, now);
  switch (step.step) {
    case 'wait':
      return { ...waiting, awaits: 'idle' };
    case 'lookAgain':
      return { ...waiting, ...step.looks, waitSeconds: SECONDS_BETWEEN_POLLS };
    case 'delete':
      for (const target of plan.scalingTargets) await ports.scaling.deregister(target);
      await ports.deploymentTarget.remove(plan.endpointName);
      return {
        ...waiting,
        ...{ awaits: 'gone', waitSeconds: untilGoneSeconds(waited) },
        done: noted(waiting, `deleted the endpoint ${plan.endpointName}`),
      };
    case 'adjust': {
      await ports.deploymentTarget.adjust(plan.endpointName, step.adjustment);
      const done = noted(waiting, `set ${adjustmentText(step.adjustment)} of ${plan.endpointName}`);
      return { ...waiting, done, adjustments: (waiting.adjustments ?? 0) + 1 };
    }
    case 'restore': {
      const revision = await restoreEndpoint(ports, plan, endpoint);
      const done = noted(waiting, `put the endpoint ${plan.endpointName} back on ${revision}`);
      return { ...waiting, done, updateAttempts: waiting.updateAttempts + 1 };
    }
    case 'settled': {
      const settings = isUntouched ? NOTHING : await restoreSettings(ports, plan, endpoint, tags);
      const done = [...waiting.done, ...settings.done, ...(await removeOwn())];
      return { ...waiting, verdict: 'rolledBack', done, warnings: settings.warnings };
    }
    case 'leave': {
      const done = [...waiting.done, ...(step.removesOwn ? await removeOwn() : [])];
      const before = `What was before stands in s3://${document.bucket}/${document.key}.`;
      return { ...waiting, verdict: 'needsAttention', done, left: [...waiting.left, `${step.left} ${before}`] };
    }
  }
}

const NOTHING: Pick<Rollback, 'done' | 'warnings'> = { done: [], warnings: [] };
