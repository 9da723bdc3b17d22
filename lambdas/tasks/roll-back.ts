// RollBack: takes the next step of the rollback. Run again after each wait, until nothing of the rollout is left.

import type { Planned, Rollback } from '../../state-machine/contract/outputs.ts';
import type { CandidateSpec, Plan, VariantRecord } from '../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../state-machine/contract/scaling-target.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { ROLLBACK_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import { polledAgain, SECONDS_BETWEEN_POLLS } from '../core/endpoint/confirm-unchanged.ts';
import type { EndpointDescription } from '../core/endpoint/endpoint-description.ts';
import { pollIntervalSeconds } from '../core/endpoint/poll-interval.ts';
import { ROLLOUT_TAG } from '../core/naming/ownership-tags.ts';
import { tagChange } from '../core/naming/tag-change.ts';
import { RELEASES_READ } from '../core/releases-read.ts';
import { rollbackStep, showsChange } from '../core/rollback/rollback-step.ts';
import { retainedReleases } from '../core/rollback/superseded-releases.ts';
import { pastScheduleWarnings } from '../core/scaling/past-schedules.ts';
import { sameScaling } from '../core/scaling/scaling-change.ts';
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
import { removeCandidate } from './parts/rollback/remove-candidate.ts';
import { restoreScaling } from './parts/rollback/restore-scaling.ts';
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
  async ({ plan: planned, lease, endpointConfig, candidateRemoval, deployment, rollback }) => {
    await heldLease(bound, lease);
    const ports = underLease(bound, lease);
    const now = ports.clock.now();
    // Of a rollout that was stopped nobody knows how far it came.
    const isKnown = planned.verdict !== 'recover';
    const madeNothing = isKnown && endpointConfig === null;
    // The live endpoint is asked for something only once the candidate is gone.
    const isUntouched =
      madeNothing || (isKnown && planned.candidate !== null && candidateRemoval?.verdict !== 'deleted');
    // A configuration whose making got no answer may not be visible yet, and is looked for as a change is.
    const nothingAsked = planned.operation === 'configure' || (isUntouched && endpointConfig !== null);
    const changeSeen = nothingAsked || deployment?.changeSeen === true || deployment?.verdict === 'inService';
    const isGone = planned.candidate === null || madeNothing || candidateRemoval?.verdict === 'deleted';
    const progress = rollback ?? begin(now, changeSeen, isGone ? 'none' : 'unknown');
    return untilDeadline(progress, now, () => takeStep(ports, planned, progress, now, { isUntouched, retainedCount }));
  };

async function takeStep(
  ports: Ports,
  planned: Planned,
  progress: Rollback,
  now: Date,
  { isUntouched, retainedCount }: { isUntouched: boolean; retainedCount: number },
): Promise<Rollback> {
  const plan = await readPlan(ports.documents, planned);
  if (plan.candidate !== null && progress.candidate !== 'none') {
    return removeCandidateFirst(ports, plan, plan.candidate, progress, now);
  }
  const endpoint = await ports.deploymentTarget.describe(plan.endpointName);
  const tags = endpoint === null ? {} : await ports.deploymentTarget.tags(endpoint.arn);
  const next = rollbackStep(plan, endpoint, tags, progress.updateAttempts);
  const waiting: Rollback = {
    ...progress,
    verdict: 'waiting',
    status: endpoint?.status ?? null,
    changeSeen: progress.changeSeen || showsChange(plan, endpoint),
    waitSeconds: pollIntervalSeconds(now.getTime() - Date.parse(progress.startedAt)),
  };
  const did = (what: string): Rollback => ({ ...waiting, done: [...waiting.done, what].slice(-MAXIMUM_NOTES) });
  switch (next.step) {
    case 'wait':
      return waiting;
    case 'delete':
      for (const target of plan.scalingTargets) await ports.scaling.deregister(target);
      await ports.deploymentTarget.remove(plan.endpointName);
      return did(`deleted the endpoint ${plan.endpointName}`);
    case 'restore': {
      // SageMaker refuses another instance type while the variant is scaled; `settled` puts back what was.
      for (const target of plan.scalingTargets) if (target.suspended) await ports.scaling.deregister(target);
      const previous = plan.before?.endpointConfigName ?? '';
      const retainInstanceCounts = await keepsCounts(ports.endpointConfigs, plan, endpoint);
      await ports.deploymentTarget.update(plan.endpointName, previous, { retainInstanceCounts });
      return {
        ...did(`put the endpoint ${plan.endpointName} back on ${previous}`),
        updateAttempts: progress.updateAttempts + 1,
      };
    }
    case 'settled': {
      // An endpoint that was seen and is not found any more may be there all the same, unless it was deleted here.
      const isCertain = endpoint !== null || isUntouched || progress.done.length > 0;
      const looks = waiting.changeSeen && isCertain ? null : polledAgain(progress, now);
      if (looks !== null) return { ...waiting, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS };
      const settings = isUntouched ? NOTHING : await restoreSettings(ports, plan, endpoint, tags);
      const done = [...progress.done, ...settings.done, ...(await removeOwn(ports, plan, endpoint, retainedCount))];
      return { ...waiting, verdict: 'rolledBack', done, warnings: settings.warnings };
    }
    case 'leave': {
      // Gone, it would need nothing any more; not seen, it needs its configuration.
      const looks = endpoint === null ? polledAgain(progress, now) : null;
      if (looks !== null) return { ...waiting, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS };
      // What is not in service may be on a mix of configurations: then nothing of them goes.
      const isSettled = endpoint === null || endpoint.status === 'InService';
      const done = [...progress.done, ...(isSettled ? await removeOwn(ports, plan, endpoint, retainedCount) : [])];
      const before = `What was before stands in s3://${planned.document.bucket}/${planned.document.key}.`;
      return { ...waiting, verdict: 'needsAttention', done, left: [...progress.left, `${next.left} ${before}`] };
    }
  }
}

const MAXIMUM_NOTES = 10;
const NOTHING: Pick<Rollback, 'done' | 'warnings'> = { done: [], warnings: [] };

/** The candidate goes before the live endpoint is looked at: while it is there, the live one was never touched. */
async function removeCandidateFirst(
  ports: Ports,
  plan: Plan,
  candidate: CandidateSpec,
  progress: Rollback,
  now: Date,
): Promise<Rollback> {
  const waitSeconds = pollIntervalSeconds(now.getTime() - Date.parse(progress.startedAt));
  const waiting: Rollback = { ...progress, verdict: 'waiting', waitSeconds };
  // What nobody has seen may only not be visible yet, and what was seen is gone only if it was asked to go.
  const looks = progress.done.length > 0 ? null : polledAgain(progress, now);
  const step = await removeCandidate(ports, candidate, plan, looks === null);
  if (step === 'unseen') return { ...waiting, ...looks, waitSeconds: SECONDS_BETWEEN_POLLS };
  if (step !== 'gone') {
    const done = step === 'asked' ? [`deleted the candidate ${candidate.endpointName}`] : [];
    return { ...waiting, candidate: 'seen', done: [...waiting.done, ...done].slice(-MAXIMUM_NOTES) };
  }
  return { ...progress, verdict: 'act', candidate: 'none', unchangedPolls: 0, lastUnchangedPollAt: null };
}

function begin(now: Date, changeSeen: boolean, candidate: Rollback['candidate']): Rollback {
  const deadline = new Date(now.getTime() + ROLLBACK_SECONDS * 1000).toISOString();
  return {
    verdict: 'act',
    waitSeconds: 0,
    startedAt: now.toISOString(),
    deadline,
    status: null,
    updateAttempts: 0,
    changeSeen,
    unchangedPolls: 0,
    lastUnchangedPollAt: null,
    candidate,
    done: [],
    left: [],
    warnings: [],
  };
}

/**
 * Goes back to as many instances as there were, where the previous configuration says that number. Where scaling had changed
 * it, those that serve now stay: a configuration's own count could be too few.
 */
async function keepsCounts(
  endpointConfigs: EndpointConfigs,
  { before }: Plan,
  endpoint: EndpointDescription | null,
): Promise<boolean> {
  if (before === null) return true;
  const variants = before.variants.filter(({ role }) => role === 'production');
  const isAsBefore = ({ name, desiredInstanceCount }: VariantRecord) =>
    endpoint?.variants.find((variant) => variant.name === name)?.desiredInstanceCount === desiredInstanceCount;
  if (variants.every(isAsBefore)) return true;
  const previous = await endpointConfigs.find(before.endpointConfigName);
  const isOfConfig = ({ name, desiredInstanceCount }: VariantRecord) =>
    previous?.variants.find((variant) => variant.name === name)?.initialInstanceCount === desiredInstanceCount;
  return !variants.every(isOfConfig);
}

/** Scaling and tags of an endpoint that was there before, exactly as they were; scaling leftovers of one that was not. */
async function restoreSettings(
  { clock, scaling, deploymentTarget }: Ports,
  { before, scalingTargets }: Plan,
  endpoint: EndpointDescription | null,
  tags: Record<string, string>,
): Promise<Pick<Rollback, 'done' | 'warnings'>> {
  const done: string[] = [];
  const warnings: string[] = [];
  for (const target of scalingTargets) {
    const live = await scaling.find(target);
    const previous = scalingBefore(before, target);
    let restored = live;
    if (!sameScaling(previous, live, clock.now())) {
      if (previous === null) await scaling.deregister(target);
      else restored = await restoreScaling({ clock, scaling }, target, previous);
      done.push(`restored the scaling of ${target.resourceId}`);
    }
    // While it was taken off, no schedule could run.
    if (target.suspended || target.tracking === null)
      warnings.push(...pastScheduleWarnings(previous, restored, clock.now()));
  }
  const change = before && endpoint && tagChange(before.tags, tags);
  if (endpoint && change) {
    await deploymentTarget.tag(endpoint.arn, change);
    done.push(`restored the tags of ${endpoint.name}`);
  }
  return { done, warnings };
}

/** The alarms on its fleet; configuration, then model: only with this rollout's tag, and only where neither the endpoint nor a retained release refers to them. */
async function removeOwn(
  { alarms, endpointConfigs, models, ledger }: Ports,
  plan: Plan,
  endpoint: EndpointDescription | null,
  retainedCount: number,
): Promise<string[]> {
  const done: string[] = [];
  if (plan.fleetAlarmNames.length > 0) await alarms.remove(plan.fleetAlarmNames);
  const kept = retainedReleases(await ledger.releases(plan.endpointName, RELEASES_READ), null, retainedCount + 1);
  const inUse = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName, ...kept.endpointConfigs];
  const configName = plan.endpointConfig.name;
  const config = await endpointConfigs.find(configName);
  if (config !== null) {
    if (config.tags[ROLLOUT_TAG] !== plan.rolloutId || inUse.includes(configName)) return done;
    await endpointConfigs.remove(configName);
    done.push(`deleted the endpoint configuration ${configName}`);
  }
  for (const { name } of plan.models) {
    const model = await models.find(name);
    if (model === null || model.tags[ROLLOUT_TAG] !== plan.rolloutId || kept.models.has(name)) continue;
    await models.remove(name);
    done.push(`deleted the model ${name}`);
  }
  return done;
}
