// Looks up what each variant of a request needs: its image, its golden cases, and where its model is.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type {
  DocumentRef,
  ResolvedImage,
  ResolvedVariant,
} from '../../../../state-machine/contract/resolved-request.ts';
import { mainVariant } from '../../../../state-machine/contract/variant.ts';
import type { RequestedModel } from '../../../../state-machine/contract/variant-models.ts';
import type { RolloutDocumentName } from '../../../core/naming/rollout-documents.ts';
import { problem } from '../../../core/problems/problems.ts';
import type { CheckedRequest } from '../../../core/request/check-request.ts';
import type { FoundCases } from '../../../core/request/golden-cases-source.ts';
import type { Kept } from '../../../core/request/keep-settings.ts';
import { ofKept } from '../../../core/request/kept-problems.ts';
import { keptTrust } from '../../../core/request/kept-trust.ts';
import { servableModelFiles } from '../../../core/request/request-output.ts';
import type { ResolvedMerge } from '../../../core/request/resolve-settings.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import { placedInVariant, requestOfVariant, type VariantRequest } from '../../../core/request/variant-requests.ts';
import type { Images } from '../../../ports/images.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import type { FoundModels } from './find-models.ts';
import { readGoldenCases } from './read-golden-cases.ts';
import { variantImage } from './resolve-image.ts';

type Write = (name: RolloutDocumentName, content: unknown) => Promise<DocumentRef>;
type LookedUp = Pick<ResolvedVariant, 'image' | 'goldenCases' | 'trust'>;

export interface ResolvedVariants {
  models: RequestedModel[];
  /** Of the variant with the most traffic; null where an image is missing. */
  image: ResolvedImage | null;
  problems: Problem[];
  /** Writes what is to be kept: called where there is no problem. By the variant's name. */
  lookedUp(write: Write): Promise<ReadonlyMap<string, LookedUp>>;
}

/** Of a variant whose model was not found. */
const NOWHERE = { upload: null, servedArtifactSha256: null };

interface LookedAt {
  variant: VariantRequest;
  /** What is wanted of it, as a request of its own. */
  wanted: CheckedRequest;
  image: ResolvedImage | null;
  golden: FoundCases;
  trust: string | undefined;
}

export async function resolveVariants(
  { images, uploads }: { images: Images; uploads: Uploads },
  stack: StackEnvironment,
  merged: ResolvedMerge,
  variants: readonly VariantRequest[],
  found: FoundModels,
  source: Kept | null,
  trusted: ReadonlySet<string>,
): Promise<ResolvedVariants> {
  const problems: Problem[] = [];
  const each: LookedAt[] = [];
  for (const [index, variant] of variants.entries()) {
    const wanted = requestOfVariant(merged.wanted, variant);
    const settings = merged.settings.variants?.[index] ?? merged.settings;
    const { image, problems: ofImage } = await variantImage(images, stack, wanted.image, settings.hosting);
    const golden = await readGoldenCases(uploads, stack.bucketName, wanted.canaryInvocations);
    const { trust, problems: ofTrust } = keptTrust(
      ...([wanted.trust, found.models[index] ?? NOWHERE, trusted, stack.settings.allowTrust] as const),
    );
    // What nobody said just now is kept, or it is the stack's own, which no reset cures.
    const isKept =
      source !== null && wanted.image !== undefined && merged.kept.some((key) => key === 'image' || key === 'variants');
    problems.push(
      ...ofImage.map((found) => placedInVariant(isKept ? ofKept(found, 'image', source) : found, variant, index)),
      ...golden.problems.map((found) => placedInVariant(found, variant, index)),
      ...ofTrust.map(({ where, message }) => problem(`variants.${index}.${where}`, message)),
    );
    each.push({ variant, wanted, image, golden, trust });
  }
  const weighted = each.map(({ variant: { weight = 1 }, image }) => ({ role: 'production' as const, weight, image }));
  return {
    models: each.map(({ variant: { name }, wanted, image, trust }, index): RequestedModel => {
      const { upload, servedArtifactSha256 } = found.models[index] ?? NOWHERE;
      const files = servableModelFiles(image?.repositoryName ?? ownIf(wanted.image, stack), stack.settings);
      const { ignore } = wanted;
      return {
        ...{ variantName: name, upload, servedArtifactSha256, servableModelFiles: files },
        ...(trust !== undefined && { trust }),
        ...(ignore !== undefined && { ignore }),
      };
    }),
    image: each.every(({ image }) => image !== null) ? (mainVariant(weighted)?.image ?? null) : null,
    problems: [...new Map(problems.map((found) => [`${found.where} ${found.message}`, found])).values()],
    async lookedUp(write) {
      const lookedUp = new Map<string, LookedUp>();
      for (const { variant, image, golden, trust } of each) {
        const { cases } = golden;
        const goldenCases = cases === null ? null : await write(`golden-cases-${variant.name}`, { cases });
        if (image !== null) lookedUp.set(variant.name, { image, goldenCases, trust: trust ?? null });
      }
      return lookedUp;
    },
  };
}

const ownIf = (image: string | undefined, { settings }: StackEnvironment): string =>
  image === undefined ? settings.servingImage.repositoryName : '';
