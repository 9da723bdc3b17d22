// What the rollout made beside the endpoint: the alarms on its fleet, then its configuration, then its models.
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import type { EndpointDescription } from '../../../core/endpoint/endpoint-description.ts';
import { ROLLOUT_TAG } from '../../../core/naming/ownership-tags.ts';
import { RELEASES_READ } from '../../../core/releases-read.ts';
import { configLeftover, modelGoes } from '../../../core/rollback/rollout-leftovers.ts';
import { retainedReleases } from '../../../core/rollback/superseded-releases.ts';
import { betweenName } from '../../../core/rollback/way-back.ts';
import { namesChange } from '../../../core/weights/first-weights.ts';
import type { Alarms } from '../../../ports/alarms.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Models } from '../../../ports/models.ts';

interface Ports {
  alarms: Alarms;
  endpointConfigs: EndpointConfigs;
  models: Models;
  ledger: Ledger;
}

/** What was removed, in words. `retainedCount`: how many releases are kept for rollbacks besides the one that serves. */
export async function removeLeftovers(
  { alarms, endpointConfigs, models, ledger }: Ports,
  plan: Plan,
  endpoint: EndpointDescription | null,
  retainedCount: number,
): Promise<string[]> {
  const done: string[] = [];
  if (plan.fleetAlarmNames.length > 0) await alarms.remove(plan.fleetAlarmNames);
  const retained = retainedReleases(await ledger.releases(plan.endpointName, RELEASES_READ), null, retainedCount + 1);
  if (namesChange(plan)) done.push(...(await removeBetween(endpointConfigs, plan, endpoint)));
  const { name } = plan.endpointConfig;
  const config = configLeftover(plan, endpoint, retained, await endpointConfigs.find(name));
  if (config === 'stays') return done;
  if (config === 'goes') {
    await endpointConfigs.remove(name);
    done.push(`deleted the endpoint configuration ${name}`);
  }
  for (const { name } of plan.models) {
    if (!modelGoes(plan, name, retained, await models.find(name))) continue;
    await models.remove(name);
    done.push(`deleted the model ${name}`);
  }
  return done;
}

async function removeBetween(
  endpointConfigs: EndpointConfigs,
  plan: Plan,
  endpoint: EndpointDescription | null,
): Promise<string[]> {
  const name = betweenName(plan);
  const isInUse = [endpoint?.endpointConfigName, endpoint?.pendingEndpointConfigName].includes(name);
  if (isInUse || (await endpointConfigs.find(name))?.tags[ROLLOUT_TAG] !== plan.rolloutId) return [];
  await endpointConfigs.remove(name);
  return [`deleted the endpoint configuration ${name}`];
}
