// One step of taking the candidate away: endpoint, then configuration; its logs stay for a while.
import type { CandidateSpec, Plan } from '../../../../state-machine/contract/plan.ts';
import { isBusy } from '../../../core/endpoint/endpoint-status.ts';
import { ROLLOUT_TAG } from '../../../core/naming/ownership-tags.ts';
import type { ContainerLogs } from '../../../ports/container-logs.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';

/** Long enough to find out why a candidate failed. */
const LOG_RETENTION_DAYS = 14;

export interface CandidatePorts {
  deploymentTarget: DeploymentTarget;
  containerLogs: ContainerLogs;
  endpointConfigs: EndpointConfigs;
}

/** `busy`: SageMaker works on it; `unseen`: it was not found, which is not believed yet; `asked`: its deletion was asked for just now; `gone`: neither endpoint nor configuration is there. */
export type CandidateStep = 'busy' | 'unseen' | 'asked' | 'gone';

/** The names are this rollout's own, and so is what carries its tag; anything else is left alone and counts as gone. */
export async function removeCandidate(
  { deploymentTarget, endpointConfigs, containerLogs }: CandidatePorts,
  { endpointName, endpointConfig }: CandidateSpec,
  { rolloutId }: Plan,
  isAbsenceBelieved: boolean,
): Promise<CandidateStep> {
  const endpoint = await deploymentTarget.describe(endpointName);
  if (endpoint !== null) {
    const isOurs = (await deploymentTarget.tags(endpoint.arn))[ROLLOUT_TAG] === rolloutId;
    if (!isOurs) return 'gone';
    if (isBusy(endpoint)) return 'busy';
    await deploymentTarget.remove(endpointName);
    return 'asked';
  }
  // A look may be stale, and an endpoint that is there needs its configuration.
  if (!isAbsenceBelieved) return 'unseen';
  const config = await endpointConfigs.find(endpointConfig.name);
  if (config !== null) await containerLogs.expire(endpointName, LOG_RETENTION_DAYS);
  if (config !== null && config.tags[ROLLOUT_TAG] === rolloutId) await endpointConfigs.remove(endpointConfig.name);
  return 'gone';
}
