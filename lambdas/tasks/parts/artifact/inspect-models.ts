// The verdict on the model of each variant, where a request names its variants.
import type { ArtifactOutput, RequestOutput } from '../../../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { DocumentRef } from '../../../../state-machine/contract/resolved-request.ts';
import type { RequestedModel, VariantArtifact } from '../../../../state-machine/contract/variant-models.ts';
import {
  acceptedArtifact,
  isInspected,
  missingCases,
  needsCases,
  rejectedArtifact,
} from '../../../core/archive/artifact-verdict.ts';
import type { inspectArchive } from '../../../core/archive/inspect-archive.ts';
import { placed, problem } from '../../../core/problems/problems.ts';
import type { UploadedArchives } from '../../../ports/uploaded-archives.ts';
import { findServed } from './find-served.ts';
import { authorsProblem, type FoundArtifact } from './found-artifact.ts';
import { inspectUpload } from './inspect-upload.ts';

interface Inspected {
  model: RequestedModel;
  found: FoundArtifact;
}

/** Of one variant as of a request in the short form. */
const requestOf = (request: RequestOutput, { variantName: _, ...model }: RequestedModel): RequestOutput => ({
  ...request,
  ...{ trust: undefined, ignore: undefined },
  ...model,
});

/**
 * All of their problems at once.
 *
 * @param before what was found before the rollout waited; an upload that was read then is not read again
 * @param casesOf the golden cases that the request brings for a variant
 */
export async function inspectModels(
  archives: UploadedArchives,
  request: RequestOutput,
  models: readonly RequestedModel[],
  rolloutId: string,
  platform: PlatformSettings,
  inspect: typeof inspectArchive,
  before: ArtifactOutput | null,
  casesOf: (variantName: string) => Promise<DocumentRef | null>,
): Promise<ArtifactOutput> {
  const inspected: Inspected[] = [];
  for (const model of models) {
    const one = requestOf(request, model);
    // It is told at its field already that there is none.
    if (model.upload === null && model.servedArtifactSha256 === null) continue;
    const found =
      (await storedBefore(archives, request, model, before)) ??
      (model.upload === null
        ? await findServed(archives, one, platform, inspect)
        : await inspectUpload(archives, one, model.upload, platform, inspect));
    inspected.push({ model, found });
  }
  const several = inspected.filter(({ model }) => model.upload !== null).length > 1;
  const problems = [...request.problems];
  for (const { model, found } of inspected) {
    const own = [...found.problems];
    if (needsCases(platform.requireGoldenCases, request, found))
      own.push(...missingCases(await casesOf(model.variantName)));
    problems.push(...own.map((each) => (several ? ofVariant(each, model) : each)));
  }
  const main = inspected.find(({ model }) => isMain(request, model)) ?? inspected[0];
  const rejected = (all: readonly Problem[], archive: 'accepted' | 'rejected') =>
    rejectedArtifact(request, rolloutId, all, main?.found.sha256 ?? null, archive);
  if (problems.length > 0 || main === undefined)
    return rejected(problems, main === undefined || main.found.problems.length === 0 ? 'accepted' : 'rejected');

  const variants: VariantArtifact[] = [];
  for (const { model, found } of inspected) {
    try {
      const { sha256, location, ...stored } = await found.store();
      const { upload, variantName } = model;
      if (sha256 === null || location === null) throw new Error(`Nothing was stored of the variant ${variantName}.`);
      const read = upload && { key: upload.key, versionId: upload.versionId };
      variants.push({ variantName, sha256, location, ...stored, inspected: read });
    } catch (error) {
      // Deleted after it was read, or encrypted with another key.
      return rejected([authorsProblem(error, model.upload)], isMain(request, model) ? 'rejected' : 'accepted');
    }
  }
  const { variantName: _, inspected: __, ...first } = variants[inspected.indexOf(main)]!;
  return { ...acceptedArtifact(request, first), variants };
}

const isMain = ({ upload }: RequestOutput, model: RequestedModel): boolean =>
  upload !== null && model.upload?.key === upload.key && model.upload.versionId === upload.versionId;

const ofVariant = ({ where, message }: Problem, { variantName }: RequestedModel): Problem =>
  problem(placed(`variant ${variantName}`, where), message);

/** The rollout that held the lease meanwhile has removed what nothing referred to, also the copy of one that waits. */
async function storedBefore(
  archives: UploadedArchives,
  { problems, endpointName }: RequestOutput,
  { variantName, upload, trust }: RequestedModel,
  before: ArtifactOutput | null,
): Promise<FoundArtifact | null> {
  const known = before?.variants?.find((variant) => variant.variantName === variantName);
  if (before === null || known === undefined || endpointName === null) return null;
  if (!isInspected({ upload, problems }, { verdict: before.verdict, inspected: known.inspected })) return null;
  if (trust !== undefined && known.trustedContentsSha256 === undefined) return null;
  const stored = await archives.findStored(endpointName, known.sha256);
  if (stored?.location.key !== known.location.key || stored.goldenCases?.key !== known.goldenCases?.key) return null;
  const { variantName: _, inspected: __, ...artifact } = known;
  return {
    problems: [],
    sha256: known.sha256,
    hasGoldenCases: known.goldenCases !== null,
    store: async () => artifact,
  };
}
