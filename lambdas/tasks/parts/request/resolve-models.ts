// The models of a request, with image and golden cases: of its only variant, or of each that it names.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import type {
  DocumentRef,
  ResolvedImage,
  ResolvedRequest,
} from '../../../../state-machine/contract/resolved-request.ts';
import type { RolloutDocumentName } from '../../../core/naming/rollout-documents.ts';
import { problem } from '../../../core/problems/problems.ts';
import type { FoundModel } from '../../../core/request/found-model.ts';
import type { Kept } from '../../../core/request/keep-settings.ts';
import { keptTrust, trustedBy } from '../../../core/request/kept-trust.ts';
import type { ModelSource } from '../../../core/request/model-source.ts';
import type { Resolved } from '../../../core/request/request-output.ts';
import type { ResolvedMerge } from '../../../core/request/resolve-settings.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import { unnamedVariants, variantOf, wrongVariant } from '../../../core/request/variant-sources.ts';
import { withLookedUp } from '../../../core/request/with-defaults.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Images } from '../../../ports/images.ts';
import { findModel, type ModelPorts } from './find-model.ts';
import { findModels } from './find-models.ts';
import { readGoldenCases } from './read-golden-cases.ts';
import { requestOf } from './released-settings.ts';
import { resolveImage } from './resolve-image.ts';
import { resolveVariants } from './resolve-variants.ts';

export type WriteDocument = (name: RolloutDocumentName, content: unknown) => Promise<DocumentRef>;

export interface ResolvedModels {
  /** What the output says of them. */
  of: Pick<Resolved, 'upload' | 'servedArtifactSha256' | 'models' | 'uploadVariant' | 'trust'>;
  /** Of the only variant, or of the one with the most traffic; null where there is a problem with one. */
  image: ResolvedImage | null;
  /** Of the models themselves; and of images and golden cases, which are told last. */
  problems: Problem[];
  lookUpProblems: Problem[];
  /** Of the resolved request all that depends on what was looked up; writes the golden cases. */
  written(write: WriteDocument): Promise<Omit<ResolvedRequest, 'contractVersion' | 'endpointName' | 'image'>>;
}

interface Sought {
  settings: ResolvedMerge;
  kept: (Kept & { release: Release }) | null;
  source: ModelSource;
  /** What was found for the short form already; null where it is still to be looked for. */
  first: FoundModel | null;
  endpointName: string | null;
}

type Ports = ModelPorts & { images: Images; documents: Documents };

export const resolveModels = (ports: Ports, stack: StackEnvironment, sought: Sought): Promise<ResolvedModels> =>
  sought.endpointName === null || sought.settings.wanted.variants === undefined
    ? resolveOnly(ports, stack, sought)
    : resolveNamed(ports, stack, sought, sought.endpointName, sought.settings.wanted.variants);

async function resolveOnly(ports: Ports, stack: StackEnvironment, sought: Sought): Promise<ResolvedModels> {
  const { settings, kept, source } = sought;
  const found = sought.first ?? (await findModel(ports, stack, source));
  const { upload, servedArtifactSha256, problems } = found;
  const trusted = await trustedNow(ports, kept, [found]);
  const { trust, problems: ofTrust } = keptTrust(settings.wanted.trust, found, trusted, stack.settings.allowTrust);
  const { image, problems: ofImage } = await resolveImage(ports.images, stack, settings, kept);
  const golden = await readGoldenCases(ports.uploads, stack.bucketName, settings.wanted.canaryInvocations);
  return {
    of: { upload, servedArtifactSha256, ...(trust !== undefined && { trust }) },
    image,
    problems: [
      ...problems,
      ...ofTrust,
      ...unnamedVariants(kept?.release ?? null, settings.wanted),
      ...keyProblems(source, kept?.release ?? null, sought.endpointName),
    ],
    lookUpProblems: [...ofImage, ...golden.problems],
    async written(write) {
      const { cases } = golden;
      return {
        goldenCases: cases === null ? null : await write('golden-cases', { cases }),
        trust: trust ?? null,
        ...withLookedUp(settings.settings, new Map()),
      };
    },
  };
}

/** What the newest release trusts, where one of these models is what serves already. */
const trustedNow = async (
  { documents }: Ports,
  kept: Sought['kept'],
  models: readonly Pick<FoundModel, 'servedArtifactSha256'>[],
): Promise<ReadonlySet<string>> =>
  trustedBy(
    kept !== null && models.some(({ servedArtifactSha256 }) => servedArtifactSha256 !== null)
      ? await requestOf(documents, kept.release)
      : null,
  );

/** An upload for a variant that the endpoint does not have. */
function keyProblems(source: ModelSource, newest: Release | null, endpointName: string | null): Problem[] {
  if (source.kind !== 'archive' || source.where === 'model.s3Uri' || endpointName === null) return [];
  const named = variantOf(source.place);
  const names = (newest?.variants ?? []).map(({ name }) => name);
  return named === null || names.includes(named)
    ? []
    : [problem(source.where, wrongVariant(named, names, endpointName))];
}

async function resolveNamed(
  ports: Ports,
  stack: StackEnvironment,
  { settings, kept, source, first }: Sought,
  endpointName: string,
  variants: NonNullable<ResolvedMerge['wanted']['variants']>,
): Promise<ResolvedModels> {
  const found = await findModels(ports, stack, endpointName, variants, source, kept?.release ?? null);
  const trusted = await trustedNow(ports, kept, found.models);
  const resolved = await resolveVariants(ports, stack, settings, variants, found, kept, trusted);
  const own = found.models.find(({ variantName }) => variantName === found.uploadVariant)?.upload;
  return {
    of: {
      upload: own ?? first?.upload ?? found.models.find(({ upload }) => upload !== null)?.upload ?? null,
      servedArtifactSha256: null,
      models: resolved.models,
      ...(found.uploadVariant !== null && { uploadVariant: found.uploadVariant }),
    },
    image: resolved.image,
    problems: [...(source.kind === 'none' && variants.length > 1 ? source.found.problems : []), ...found.problems],
    lookUpProblems: resolved.problems,
    written: async (write) => ({
      goldenCases: null,
      trust: null,
      ...withLookedUp(settings.settings, await resolved.lookedUp(write)),
    }),
  };
}
