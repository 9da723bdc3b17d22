// Asks for the configuration of before, or for one that leads to it without a loss.
import type { Plan } from '../../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../../state-machine/contract/scaling-target.ts';
import type { EndpointDescription } from '../../../core/endpoint/endpoint-description.ts';
import { givesCountsOfBefore, hasCountsOfBefore } from '../../../core/rollback/instance-counts.ts';
import { betweenName, givesAllOfBefore, hasNamesOfBefore, numbersOfBefore } from '../../../core/rollback/way-back.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';
import type { Scaling } from '../../../ports/scaling.ts';

interface Ports {
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  scaling: Scaling;
}

/** The name of the configuration that was asked for. */
export async function restoreEndpoint(
  { deploymentTarget, endpointConfigs, scaling }: Ports,
  plan: Plan,
  endpoint: EndpointDescription | null,
): Promise<string> {
  const { before, endpointName, scalingTargets } = plan;
  const previous = before?.endpointConfigName ?? '';
  const config = await endpointConfigs.find(previous);
  const isSameSet = before === null || endpoint === null || hasNamesOfBefore(plan, endpoint);
  // SageMaker refuses another instance type, or none, while the variant is scaled; `settled` puts back what was.
  for (const target of scalingTargets)
    if (target.suspended || (!isSameSet && scalingBefore(before, target) === null)) await scaling.deregister(target);
  if (isSameSet) {
    const retainInstanceCounts = hasCountsOfBefore(before, endpoint) || !givesCountsOfBefore(before, config);
    // What it retains of concurrency is not documented: the configuration says it, and what it lacks is adjusted.
    const retainsNothing = (before?.variants ?? []).some(({ concurrency }) => concurrency !== undefined);
    await deploymentTarget.update(endpointName, previous, { retainInstanceCounts, retainsNothing });
    return previous;
  }
  const isEnough = config === null || givesAllOfBefore(before, config);
  const revision = isEnough ? previous : betweenName(plan);
  if (!isEnough && (await endpointConfigs.find(revision)) === null)
    await endpointConfigs.createLike(revision, config, numbersOfBefore(plan, before, endpoint), {
      ...before.tags,
      ...plan.ownershipTags,
    });
  await deploymentTarget.update(endpointName, revision, { retainInstanceCounts: false, retainsNothing: true });
  return revision;
}
