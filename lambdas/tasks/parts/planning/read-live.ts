// What serves now, read once under the lease before anything is made.
import type { EndpointRecord } from '../../../../state-machine/contract/plan.ts';
import type { ResolvedRequest } from '../../../../state-machine/contract/resolved-request.ts';
import type { FoundScaling } from '../../../../state-machine/contract/scaling-target.ts';
import { endpointRecord } from '../../../core/endpoint/endpoint-record.ts';
import { judgeLiveEndpoint, type NotUsable, rejected } from '../../../core/endpoint/judge-live-endpoint.ts';
import { hostingTypeOf } from '../../../core/hosting/hosting-types.ts';
import { variantTarget } from '../../../core/naming/names.ts';
import type { DeploymentTarget } from '../../../ports/deployment-target.ts';
import type { EndpointConfigs } from '../../../ports/endpoint-configs.ts';
import type { Scaling } from '../../../ports/scaling.ts';

interface Ports {
  deploymentTarget: DeploymentTarget;
  endpointConfigs: EndpointConfigs;
  scaling: Scaling;
}

/** The record of what serves, null when nothing does, or why no rollout can begin (now). */
export async function readLive(
  { deploymentTarget, endpointConfigs, scaling }: Ports,
  stackName: string,
  waitedMilliseconds: number,
  wanted: ResolvedRequest,
): Promise<EndpointRecord | NotUsable | null> {
  const { endpointName } = wanted;
  const endpoint = await deploymentTarget.describe(endpointName);
  if (endpoint === null) return null;
  const tags = await deploymentTarget.tags(endpoint.arn);
  const verdict = judgeLiveEndpoint(endpoint, tags, stackName, waitedMilliseconds);
  if (verdict.verdict !== 'usable') return verdict;
  const config = await endpointConfigs.find(endpoint.endpointConfigName);
  if (config === null) {
    // AWS lets people delete a configuration that is in use (terraform-provider-aws issue 40048).
    return rejected(
      `The configuration ${endpoint.endpointConfigName} that the endpoint ${endpointName} serves with was deleted, so there would be no way to roll back. Create it again, or delete the endpoint.`,
    );
  }
  const scalingTargets: FoundScaling[] = [];
  for (const { name: variantName } of config.variants) {
    const target = variantTarget(endpointName, variantName);
    const found = await scaling.find(target);
    if (found !== null) scalingTargets.push({ ...target, variantName, found });
  }
  const type = hostingTypeOf(wanted.hosting.type);
  const whyNot = type.compatible({ endpointName, config, serving: endpoint.variants }, wanted);
  return whyNot === null ? endpointRecord(endpoint, config, tags, scalingTargets) : rejected(whyNot);
}
