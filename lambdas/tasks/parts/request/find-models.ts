// Looks at the source of the model of each variant, where a request names its variants.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import type { ArchiveSource, ModelSource } from '../../../core/request/model-source.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { VariantRequest } from '../../../core/request/variant-requests.ts';
import {
  knownModel,
  uploadsOfVariant,
  variantKeyProblems,
  variantOf,
  variantSource,
} from '../../../core/request/variant-sources.ts';
import { findModel, type ModelPorts, newestAccepted } from './find-model.ts';

export interface FoundModels {
  /** In the order of the variants. */
  models: { variantName: string; upload: Upload | null; servedArtifactSha256: string | null }[];
  /** For which variant the upload is that the rollout brings; null where it brings none, or several. */
  uploadVariant: string | null;
  problems: Problem[];
}

/** @param main where the short form would look */
export async function findModels(
  ports: ModelPorts,
  stack: StackEnvironment,
  endpointName: string,
  variants: readonly VariantRequest[],
  main: ModelSource,
  newest: Release | null,
): Promise<FoundModels> {
  const target = { endpointName, bucketName: stack.bucketName };
  const models: FoundModels['models'] = [];
  const problems = variantKeyProblems(main, variants, endpointName);
  for (const [index, variant] of variants.entries()) {
    const source = variantSource(variant, index, variants, main, target);
    const found =
      source.kind === 'known'
        ? await findKnown(ports, variants, variant, index, source.goesFirst, newest, target)
        : source.kind === 'none'
          ? { upload: null, servedArtifactSha256: null, problems: source.problems }
          : await findModel(ports, stack, source);
    problems.push(...found.problems);
    models.push({ variantName: variant.name, upload: found.upload, servedArtifactSha256: found.servedArtifactSha256 });
  }
  const brought = models.filter(({ upload }) => upload !== null);
  return { models, uploadVariant: main.kind === 'archive' ? receiving(main, models) : onlyOf(brought), problems };
}

/** A request may give the archive of one variant to the only one that it wants, whatever that is called. */
function receiving({ place }: ArchiveSource, models: FoundModels['models']): string | null {
  const named = variantOf(place);
  return models.some(({ variantName }) => variantName === named) ? named : onlyOf(models);
}

/** Of several nothing is said. */
const onlyOf = (models: FoundModels['models']): string | null =>
  models.length === 1 ? (models[0]?.variantName ?? null) : null;

async function findKnown(
  ports: ModelPorts,
  variants: readonly VariantRequest[],
  variant: VariantRequest,
  index: number,
  goesFirst: 'newestUpload' | 'served',
  newest: Release | null,
  target: { endpointName: string; bucketName: string },
) {
  const serves = newest?.variants.some(({ name }) => name === variant.name) ?? false;
  const upload =
    serves && goesFirst === 'served'
      ? null
      : await newestAccepted(ports, target.endpointName, (uploads) =>
          uploadsOfVariant(uploads, variant.name, variants.length === 1),
        );
  return knownModel(variant, index, goesFirst, upload, newest, target);
}
