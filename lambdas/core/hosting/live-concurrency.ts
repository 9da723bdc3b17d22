// Whether a serverless endpoint can be updated, and what of its concurrency must stay.
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { limitsFor } from '../scaling/own-schedules.ts';
import type { HostingOf, HostingType, KeptFrom, LiveEndpoint, Wanted } from './hosting-type.ts';
import { notToServerless } from './other-type.ts';

type Capacity = HostingOf<'serverless'>;

/** Why not, before anything is made; null: it can. */
export function whyNotServerless(
  { endpointName, config, serving, scaled }: LiveEndpoint,
  { hosting, scaling }: Wanted<'serverless'> & Pick<ResolvedRequest, 'variants'>,
): string | null {
  if (config.variants.some(({ isServerless }) => !isServerless)) return notToServerless(endpointName);
  for (const { name, concurrency } of serving) {
    const provisioned = concurrency?.provisioned ?? 0;
    if (hosting.provisionedConcurrency === undefined || scaling === null) continue;
    const live = scaled.find(({ variantName }) => variantName === name)?.found ?? null;
    if (provisioned <= limitsFor(scaling, live).maximum) continue;
    // Registering the target would scale in at once, before the rollout is verified.
    return (
      `scaling.maximum: the endpoint ${endpointName} has a provisioned concurrency of ${provisioned} now, ` +
      `and a maximum of ${scaling.maximum} would take some away. Give at least ${provisioned}, or roll out when less is needed.`
    );
  }
  return null;
}

/** What is provisioned. */
export const servingConcurrency: HostingType<'serverless'>['servingFloor'] = (variants) =>
  new Map(variants.map(({ name, concurrency }) => [name, concurrency?.provisioned ?? 0]));

/** What nobody asks to lower stays as it is, whoever raised it; and what scales is lowered by scaling alone. */
export function keepingConcurrency(capacity: Capacity, live: KeptFrom): Capacity {
  const { maximum = 0, provisioned = null } = live.variant.concurrency ?? {};
  return withConcurrency(capacity, live, { maximum, provisioned: provisioned ?? 0 });
}

export function asConfiguredConcurrency(capacity: Capacity, live: KeptFrom): Capacity {
  const { maximum = 0, provisioned = null } = live.variant.initialConcurrency ?? {};
  return withConcurrency(capacity, live, { maximum, provisioned: provisioned ?? 0 });
}

function withConcurrency(
  capacity: Capacity,
  { isScaled, set }: KeptFrom,
  at: { maximum: number; provisioned: number },
): Capacity {
  const before = set?.type === 'serverless' ? set : null;
  const { provisionedConcurrency: asked } = capacity;
  const lowersMaximum = (before?.maximumConcurrency ?? 0) > capacity.maximumConcurrency;
  const lowersProvisioned = !isScaled && (before?.provisionedConcurrency ?? 0) > (asked ?? 0);
  const provisioned = asked === undefined || lowersProvisioned ? asked : Math.max(asked, at.provisioned);
  const maximum = lowersMaximum ? capacity.maximumConcurrency : Math.max(capacity.maximumConcurrency, at.maximum);
  return {
    ...capacity,
    maximumConcurrency: Math.max(maximum, provisioned ?? 0),
    ...(provisioned !== undefined && { provisionedConcurrency: provisioned }),
  };
}
