// Whether an endpoint that serves on instances can be updated, and what of it must stay.
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { HostingType, LiveEndpoint } from './hosting-type.ts';

/** Why not, before anything is made; null: it can. */
export function whyNotInstances(
  { endpointName, config, serving }: LiveEndpoint,
  scaling: TargetTracking | null,
): string | null {
  const production = config.variants.filter(({ role }) => role === 'production');
  const shadows = config.variants.length - production.length;
  if (production.length !== 1 || shadows > 0) {
    const and = shadows > 0 ? ` and ${shadows} shadow variants` : '';
    return `The endpoint ${endpointName} serves ${production.length} production variants${and}; rollouts to more than one are not supported yet.`;
  }
  if (config.variants.some(({ isServerless }) => isServerless))
    return `The endpoint ${endpointName} is serverless; changing that to instances, or rolling out to it, is not supported yet.`;
  if (config.variants.some(({ instanceType }) => instanceType === null))
    return `The endpoint ${endpointName} has no single instance type; rolling out to pools of instances is not supported yet.`;
  // Registering the target would scale in at once, before the rollout is verified.
  const [most = 0] = [...servingInstances(serving).values()].sort((one, other) => other - one);
  if (scaling !== null && scaling.maximum < most)
    return (
      `scaling.maximum: the endpoint ${endpointName} serves with ${most} instances now, and a maximum of ${scaling.maximum} would take some away. ` +
      `Give at least ${most}, or roll out when fewer serve.`
    );
  return null;
}

/** What scaling has made of each variant stays. */
export const servingInstances: HostingType<'realtime'>['servingFloor'] = (variants) =>
  new Map(variants.map(({ name, desiredInstanceCount }) => [name, desiredInstanceCount ?? 0]));
