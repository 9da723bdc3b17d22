// How the models of a request are tried before an instance exists: those that get the stack's serving image, as it is published.
import type { ResolvedRequest, ResolvedVariant } from '../../../../state-machine/contract/resolved-request.ts';
import type { TrialRequest } from '../../../../state-machine/contract/trial.ts';
import type { Resolved } from '../../../core/request/request-output.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Images } from '../../../ports/images.ts';

type Model = Pick<ResolvedVariant, 'image' | 'goldenCases' | 'environment'>;

/** The setting of the image by which it answers where a request does not say: serving-image/inference_server/settings.py */
const DEFAULT_ACCEPT = 'SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT';

/** Adds to a request, or to each of its models, how it is tried. */
export async function resolveTrials(
  images: Images,
  { settings }: StackEnvironment,
  resolved: ResolvedRequest,
  models: Resolved['models'],
): Promise<Pick<Resolved, 'trial' | 'models'>> {
  const { repositoryName, tag } = settings.servingImage;
  const all: Model[] = resolved.variants ?? [resolved];
  if (!all.some(({ image }) => image.repositoryName === repositoryName)) return { ...(models && { models }) };
  // A request may name it by its digest, and a release keeps what it was.
  const published = await images.describe(repositoryName, { tag });
  const trialOf = ({ image, goldenCases, environment }: Model): { trial?: TrialRequest } => {
    const isPublished = image.repositoryName === repositoryName && image.digest === published?.digest;
    return isPublished ? { trial: { imageTag: tag, goldenCases, accept: environment[DEFAULT_ACCEPT] ?? '' } } : {};
  };
  if (models === undefined) return trialOf(resolved);
  return {
    models: models.map((model) => {
      const variant = resolved.variants?.find(({ name }) => name === model.variantName);
      return { ...model, ...(variant && trialOf(variant)) };
    }),
  };
}
