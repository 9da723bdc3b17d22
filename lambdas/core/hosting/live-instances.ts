// Whether an endpoint that serves on instances can be updated, and what of it must stay.
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { limitsFor } from '../scaling/own-schedules.ts';
import type { HostingType, LiveEndpoint } from './hosting-type.ts';
import { notToInstances } from './other-type.ts';

/** Why not, before anything is made; null: it can. */
export function whyNotInstances(
  { endpointName, isReleased, config, serving, scaled }: LiveEndpoint,
  { scaling, variants }: Pick<ResolvedRequest, 'scaling' | 'variants'>,
): string | null {
  const production = config.variants.filter(({ role }) => role === 'production');
  const shadows = config.variants.length - production.length;
  if (shadows > 0)
    return `The endpoint ${endpointName} has ${shadows} shadow variants; rolling out to it is not supported yet.`;
  if (production.length !== 1) {
    const several = `The endpoint ${endpointName} serves ${production.length} production variants`;
    // Before anybody names them all for nothing.
    if (!isReleased)
      return `${several}, which something else made. Taking over more than one is not supported yet: which settings each of them has stands nowhere but in its own configuration. Take the endpoint over with one variant first, or roll out to an endpoint of another name.`;
    if (variants === undefined) return `${several}. Name all of them in \`variants\`.`;
  }
  if (config.variants.some(({ isServerless }) => isServerless)) return notToInstances(endpointName);
  if (config.variants.some(({ instanceType }) => instanceType === null))
    return `The endpoint ${endpointName} has no single instance type; rolling out to pools of instances is not supported yet.`;
  // Registering the target would scale in at once, before the rollout is verified.
  const scalingOf = (name: string) => variants?.find((variant) => variant.name === name)?.scaling;
  for (const [name, count] of servingInstances(serving)) {
    const own = variants === undefined ? scaling : scalingOf(name);
    const live = scaled.find(({ variantName }) => variantName === name)?.found ?? null;
    if (own == null || limitsFor(own, live).maximum >= count) continue;
    const of = variants === undefined ? `the endpoint ${endpointName}` : `the variant ${name} of ${endpointName}`;
    return (
      `scaling.maximum: ${of} serves with ${count} instances now, and a maximum of ${own.maximum} would take some away. ` +
      `Give at least ${count}, or roll out when fewer serve.`
    );
  }
  return null;
}

/** What scaling has made of each variant stays. */
export const servingInstances: HostingType<'realtime'>['servingFloor'] = (variants) =>
  new Map(variants.map(({ name, desiredInstanceCount }) => [name, desiredInstanceCount ?? 0]));
