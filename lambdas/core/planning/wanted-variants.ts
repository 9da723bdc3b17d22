// One list of what is wanted of each production variant, whichever form the request has.
import type { ArtifactOutput } from '../../../state-machine/contract/outputs.ts';
import type { VariantRecord } from '../../../state-machine/contract/plan.ts';
import type {
  DocumentRef,
  ResolvedRequest,
  ResolvedVariant,
} from '../../../state-machine/contract/resolved-request.ts';
import { mainVariant } from '../../../state-machine/contract/variant.ts';
import { VARIANT_NAME } from '../naming/names.ts';
import { RolloutError } from '../rollout-error.ts';

/** An artifact that was accepted. */
export interface AcceptedArtifact {
  sha256: string;
  location: DocumentRef;
  goldenCases: DocumentRef | null;
  trustedContentsSha256?: string | undefined;
}

export interface WantedVariant extends Omit<ResolvedVariant, 'trust'> {
  artifact: AcceptedArtifact;
}

type Artifact = Pick<ArtifactOutput, 'variants'> & AcceptedArtifact;

/**
 * The short form is of one variant, which keeps the name and the weight that it has: a new configuration must keep the names,
 * https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html. Variants that are named come in the
 * order of their names, so that the same set is the same configuration, in whichever order a request lists it.
 */
export function wantedVariants(
  request: ResolvedRequest,
  artifact: Artifact,
  live: readonly VariantRecord[],
): WantedVariant[] {
  if (request.variants === undefined) {
    const { image, environment, hosting, scaling } = request;
    const main = mainVariant(live);
    const goldenCases = request.goldenCases ?? artifact.goldenCases;
    const [name, weight] = [main?.name ?? VARIANT_NAME, main?.initialWeight ?? 1];
    return [{ name, weight, image, environment, hosting, scaling, goldenCases, artifact }];
  }
  return request.variants
    .map(({ trust: _, ...variant }) => {
      const own = artifact.variants?.find(({ variantName }) => variantName === variant.name);
      if (own === undefined)
        throw new RolloutError('CallRefused', `No artifact of the variant ${variant.name} reached PlanRollout.`);
      return { ...variant, artifact: own, goldenCases: variant.goldenCases ?? own.goldenCases };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}
