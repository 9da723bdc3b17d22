// What a rollout's outcome says of what serves, and the release that it adds to the ledger.
import type { Outcome } from '../../../state-machine/contract/outcome.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import type { RolloutEnd } from './outcome.ts';

/** After a success: what the plan names. */
export const servingOf = ({ artifactSha256, imageDigest, endpointConfig }: Plan): Outcome['serving'] => ({
  artifactSha256,
  imageDigest,
  endpointConfigName: endpointConfig.name,
});

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
  const { artifactSha256, imageDigest } =
    newest?.endpointConfigName === found ? newest : { artifactSha256: null, imageDigest: null };
  return { artifactSha256, imageDigest, endpointConfigName: found };
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
): Release | null {
  const isKnown = newest?.endpointConfigName === plan.endpointConfig.name;
  if (outcome !== 'deployed' && (outcome !== 'unchanged' || isKnown)) return null;
  return {
    endpointName: plan.endpointName,
    rolloutId,
    action: action === 'rollback' ? 'rollback' : 'deploy',
    artifactSha256: plan.artifactSha256,
    imageDigest: plan.imageDigest,
    modelName: plan.model.name,
    endpointConfigName: plan.endpointConfig.name,
    upload: upload === null ? null : { key: upload.key, versionId: upload.versionId },
    releasedAt: endedAt,
  };
}
