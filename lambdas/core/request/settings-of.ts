// The settings that a release keeps, as a request would write them: with the defaults that it had, so that none of them changes
// where the platform's defaults do.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { ResolvedRequest, ResolvedStrategy } from '../../../state-machine/contract/resolved-request.ts';
import type { CheckedRequest } from './check-request.ts';
import { keptVariants } from './variant-requests.ts';
import type { ResolvedSettings } from './with-defaults.ts';

/** `wanted`: the request that was resolved. Image and alarms are kept only where it names them. */
export function settingsOf(wanted: CheckedRequest, resolved: ResolvedSettings): KeptSettings {
  const { image, alarms, encryption, variants } = wanted;
  const weights = new Map(resolved.variants?.map(({ name, weight }) => [name, weight]));
  const { environment, hosting, strategy, scaling, canaryInvocations, networkIsolation, vpc, dataCapture, tags } =
    resolved;
  return {
    ...(variants !== undefined && { variants: keptVariants(variants, weights) }),
    ...(image !== undefined && { image }),
    environment,
    hosting: withoutNulls(hosting) as NonNullable<KeptSettings['hosting']>,
    strategy: strategyOf(strategy),
    scaling: scaling ?? 'none',
    canaryInvocations,
    ...(alarms !== undefined && { alarms }),
    network: { isolation: networkIsolation, ...(vpc !== undefined && { vpc }) },
    ...(encryption !== undefined && { encryption }),
    ...(dataCapture !== null && {
      dataCapture: { samplingPercent: dataCapture.samplingPercent, capture: dataCapture.capture },
    }),
    tags,
  };
}

/** Of a release of before settings were kept, from its `request.json`. `ownRepository`: of the stack's own image. */
export function settingsOfEarlier(earlier: ResolvedRequest, ownRepository: string): KeptSettings {
  const { image, alarms } = earlier;
  return settingsOf(
    {
      ...(image.repositoryName !== ownRepository && { image: image.uri }),
      ...(alarms !== null && { alarms: withoutNulls(alarms) }),
    },
    earlier,
  );
}

function strategyOf({ traffic, terminationWaitSeconds, maximumExecutionSeconds }: ResolvedStrategy) {
  const limit = maximumExecutionSeconds === null ? {} : { maximumExecutionSeconds };
  // A rolling update has no old fleet that could stay.
  return traffic.type === 'rolling' ? { ...traffic, ...limit } : { ...traffic, terminationWaitSeconds, ...limit };
}

type WithoutNulls<Settings> = { [Key in keyof Settings]: Exclude<Settings[Key], null> };

/** What nobody asked for is left out in a request, and null once it is resolved. */
const withoutNulls = <Settings extends object>(settings: Settings) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)) as WithoutNulls<Settings>;
