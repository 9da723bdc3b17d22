// RollBack: takes the next step of the way back. Run again after each wait, until nothing of the rollout is left.
import type { Rollback } from '../../state-machine/contract/outputs.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { WAY_BACK_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import type { EndpointDescription } from '../core/endpoint-description.ts';
import { ROLLOUT_TAG } from '../core/ownership-tags.ts';
import { pollIntervalSeconds } from '../core/poll-interval.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { sameScaling } from '../core/scaling-change.ts';
import { tagChange } from '../core/tag-change.ts';
import { wayBackStep } from '../core/way-back.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import type { Endpoints } from '../ports/endpoints.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Models } from '../ports/models.ts';
import type { Scaling } from '../ports/scaling.ts';
import { readPlan } from './read-plan.ts';

interface Ports {
  clock: Clock;
  documents: Documents;
  endpoints: Endpoints;
  endpointConfigs: EndpointConfigs;
  models: Models;
  scaling: Scaling;
  ledger: Ledger;
}

/** Releases that a rollback may still need: their configurations and models stay, whoever made them. */
const KEPT_RELEASES = 10;

export const rollBack =
  (ports: Ports): Task<'RollBack'> =>
  async ({ plan: planned, rollback }) => {
    const plan = await readPlan(ports.documents, planned);
    const now = ports.clock.now();
    const progress = rollback ?? begin(now);
    const endpoint = await ports.endpoints.find(plan.endpointName);
    const tags = endpoint === null ? {} : await ports.endpoints.tags(endpoint.arn);
    const next = wayBackStep(plan, endpoint, tags, progress.updateAttempts);
    const waiting: Rollback = {
      ...progress,
      verdict: 'waiting',
      status: endpoint?.status ?? null,
      waitSeconds: pollIntervalSeconds(now.getTime() - Date.parse(progress.startedAt)),
    };
    switch (next.step) {
      case 'wait':
        return waiting;
      case 'delete':
        await ports.scaling.deregister(plan.scalableResourceId);
        return unlessBusy(
          waiting,
          () => ports.endpoints.remove(plan.endpointName),
          `deleted the endpoint ${plan.endpointName}`,
        );
      case 'restore': {
        const previous = plan.before?.endpointConfigName ?? '';
        const attempt = { ...waiting, updateAttempts: progress.updateAttempts + 1 };
        const update = () => ports.endpoints.update(plan.endpointName, previous, { retainInstanceCounts: true });
        return unlessBusy(attempt, update, `put the endpoint ${plan.endpointName} back on ${previous}`);
      }
      case 'settled': {
        const done = [
          ...progress.done,
          ...(await restoreSettings(ports, plan, endpoint, tags)),
          ...(await removeOwn(ports, plan, endpoint)),
        ];
        return { ...waiting, verdict: 'rolledBack', done };
      }
      case 'leave': {
        const done = [...progress.done, ...(await removeOwn(ports, plan, endpoint))];
        return { ...waiting, verdict: 'needsAttention', done, left: [...progress.left, next.left] };
      }
    }
  };

function begin(now: Date): Rollback {
  const deadline = new Date(now.getTime() + WAY_BACK_SECONDS * 1000).toISOString();
  return {
    verdict: 'act',
    waitSeconds: 0,
    startedAt: now.toISOString(),
    deadline,
    status: null,
    updateAttempts: 0,
    done: [],
    left: [],
  };
}

async function unlessBusy(waiting: Rollback, act: () => Promise<void>, what: string): Promise<Rollback> {
  try {
    await act();
    return { ...waiting, done: [...waiting.done, what] };
  } catch (error) {
    // Something began in the moment since we looked: look again later.
    if (error instanceof RolloutError && error.name === 'EndpointBusy') return waiting;
    throw error;
  }
}

/** Scaling and tags of an endpoint that was there before, exactly as they were; scaling leftovers of one that was not. */
async function restoreSettings(
  { scaling, endpoints }: Ports,
  { before, scalableResourceId }: Plan,
  endpoint: EndpointDescription | null,
  tags: Record<string, string>,
): Promise<string[]> {
  const done: string[] = [];
  const live = await scaling.find(scalableResourceId);
  const previous = before?.scaling ?? null;
  if (!sameScaling(previous, live)) {
    if (previous === null) await scaling.deregister(scalableResourceId);
    else await scaling.restore(scalableResourceId, previous);
    done.push(`restored the scaling of ${scalableResourceId}`);
  }
  const change = before && endpoint && tagChange(before.tags, tags);
  if (endpoint && change) {
    await endpoints.changeTags(endpoint.arn, change);
    done.push(`restored the tags of ${endpoint.name}`);
  }
  return done;
}

/** Configuration, then model: only with this rollout's tag, and only where neither the endpoint nor a kept release refers to them. */
async function removeOwn(
  { endpointConfigs, models, ledger }: Ports,
  plan: Plan,
  endpoint: EndpointDescription | null,
): Promise<string[]> {
  const done: string[] = [];
  const releases = await ledger.releases(plan.endpointName, KEPT_RELEASES);
  const inUse = [
    endpoint?.endpointConfigName,
    endpoint?.pendingEndpointConfigName,
    ...releases.map((release) => release.endpointConfigName),
  ];
  const configName = plan.endpointConfig.name;
  const config = await endpointConfigs.find(configName);
  if (config !== null) {
    if (config.tags[ROLLOUT_TAG] !== plan.rolloutId || inUse.includes(configName)) return done;
    await endpointConfigs.remove(configName);
    done.push(`deleted the endpoint configuration ${configName}`);
  }
  const model = await models.find(plan.model.name);
  const isKept = releases.some((release) => release.modelName === plan.model.name);
  if (model !== null && model.tags[ROLLOUT_TAG] === plan.rolloutId && !isKept) {
    await models.remove(plan.model.name);
    done.push(`deleted the model ${plan.model.name}`);
  }
  return done;
}
