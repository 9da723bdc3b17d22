// What a rollout's outcome says of what serves, and the release that it adds to the ledger.
import { MAXIMUM_SETTING_CHANGES, type Outcome } from '../../../state-machine/contract/outcome.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { NewRelease, Release } from '../../../state-machine/contract/release.ts';
import { mainVariant, type Variant } from '../../../state-machine/contract/variant.ts';
import type { Ending, RolloutEnd } from './outcome.ts';

/** After a success: what the plan names. */
export const servingOf = (plan: Plan): Outcome['serving'] =>
  servingWith(plan.endpointConfig.name, releasedVariants(plan));

/** With the weights that were asked for: a configuration has those with which its fleet began. */
const releasedVariants = ({ endpointConfig, request }: Plan): Variant[] =>
  endpointConfig.variants.map((variant) => {
    const wanted = request.variants?.find(({ name }) => name === variant.name);
    return { ...variant, weight: wanted?.weight ?? variant.weight };
  });

const productionOf = (variants: readonly Variant[]) => variants.filter(({ role }) => role === 'production');

/** Of several variants the one that gets most of the traffic, and all of them. */
function servingWith(endpointConfigName: string, variants: readonly Variant[]): NonNullable<Outcome['serving']> {
  const { artifactSha256 = null, imageDigest = null } = mainVariant(variants) ?? {};
  const production = productionOf(variants).map(({ name, weight, artifactSha256, imageDigest }) => ({
    ...{ name, weight, artifactSha256, imageDigest },
  }));
  return { artifactSha256, imageDigest, endpointConfigName, ...(production.length > 1 && { variants: production }) };
}

/**
 * After a failure: what the ledger knows of the configuration that the plan found, or without a plan of the newest release.
 * Null where nothing was there, and where nobody can be sure: an outcome that needs attention claims nothing.
 *
 * @param newest the newest release of the endpoint
 */
export function stillServing(
  outcome: Outcome['outcome'],
  newest: Release | null,
  plan: RolloutEnd['plan'],
): Outcome['serving'] {
  if (outcome === 'needsAttention' || outcome === 'retired') return null;
  const found = plan !== null && 'document' in plan ? plan.previousEndpointConfigName : newest?.endpointConfigName;
  if (found === undefined || found === null) return null;
  return servingWith(found, newest?.endpointConfigName === found ? newest.variants : []);
}

/** After a rollout that was deployed; undefined where nothing was changed. */
export function changeOf(plan: Plan | null, { outcome }: Ending, newest: Release | null): Outcome['change'] {
  if (plan === null || outcome !== 'deployed') return undefined;
  const settings = (plan.settingChanges ?? []).slice(0, MAXIMUM_SETTING_CHANGES);
  const model = plan.before === null || servesAnotherModel(newest?.variants ?? [], plan.endpointConfig.variants);
  return { model, settings };
}

/** Whether a variant has another model than before; one that is new, than the one that customers got most of. */
function servesAnotherModel(before: readonly Variant[], now: readonly Variant[]): boolean {
  return productionOf(now).some(({ name, artifactSha256 }) => {
    const earlier = productionOf(before).find((each) => each.name === name) ?? mainVariant(before);
    return earlier?.artifactSha256 !== artifactSha256;
  });
}

/**
 * Every `deployed` rollout is a release, also where it changed only scaling or tags: a repeated event must not undo them. An
 * `unchanged` one is a release if the ledger does not know the configuration: the rollout that made it was stopped before it
 * was recorded.
 */
export function newRelease(
  plan: Plan,
  { outcome, action, upload, endedAt, rolloutId }: Outcome,
  newest: Release | null,
  uploadVariant?: string,
): NewRelease | null {
  const isKnown = newest?.endpointConfigName === plan.endpointConfig.name;
  if (outcome !== 'deployed' && (outcome !== 'unchanged' || isKnown)) return null;
  return {
    endpointName: plan.endpointName,
    rolloutId,
    action: action === 'rollback' ? 'rollback' : 'deploy',
    endpointConfigName: plan.endpointConfig.name,
    variants: releasedVariants(plan),
    upload:
      upload === null
        ? null
        : {
            ...{ key: upload.key, versionId: upload.versionId },
            ...(uploadVariant !== undefined && { variantName: uploadVariant }),
          },
    releasedAt: endedAt,
    settings: plan.request.settings,
  };
}
