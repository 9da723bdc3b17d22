// Where the model of each variant is to be looked for, where a request names its variants.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';
import { type ObjectKey, parseObjectKey } from '../naming/object-keys.ts';
import { problem } from '../problems/problems.ts';
import { shortened } from '../problems/shortened.ts';
import type { CheckedRequest } from './check-request.ts';
import { isRolledBackSince } from './found-model.ts';
import { type ArchiveSource, type ModelSource, sourceOfModel } from './model-source.ts';
import type { VariantRequest } from './variant-requests.ts';

export type VariantSource =
  | ArchiveSource
  | { kind: 'none'; problems: readonly Problem[] }
  /** `goesFirst`: of a changed manifest, the newest upload goes before what serves; else what serves goes first. */
  | { kind: 'known'; goesFirst: 'newestUpload' | 'served' };

/**
 * @param main where the short form would look: the upload whose event came, the model of the request, or neither
 * @param variants as they are wanted; a model that one names is the request's
 */
export function variantSource(
  variant: VariantRequest,
  index: number,
  variants: readonly VariantRequest[],
  main: ModelSource,
  { endpointName, bucketName }: { endpointName: string; bucketName: string },
): VariantSource {
  const { name, model } = variant;
  if (model !== undefined) {
    const source = sourceOfModel(model, endpointName, bucketName, `variants.${index}.model`);
    return source.kind === 'archive'
      ? source
      : { kind: 'none', problems: source.kind === 'none' ? source.found.problems : [] };
  }
  const isOnly = variants.length === 1;
  if (main.kind === 'archive' && (isOnly || variantOf(main.place) === name)) return main;
  if (main.kind === 'none' && isOnly) return { kind: 'none', problems: main.found.problems };
  return { kind: 'known', goesFirst: main.kind === 'newestUpload' ? 'newestUpload' : 'served' };
}

/** What is wrong with the key of an upload, or of a request's model, for these variants. */
export function variantKeyProblems(
  main: ModelSource,
  variants: readonly VariantRequest[],
  endpointName: string,
): Problem[] {
  if (main.kind !== 'archive' || main.where === 'model.s3Uri' || main.place.kind === 'neither') return [];
  const names = variants.map(({ name }) => name);
  const named = variantOf(main.place);
  if (named === null && names.length === 1) return [];
  if (named !== null && names.includes(named)) return [];
  return [problem(main.where, wrongVariant(named, names, endpointName))];
}

/** `names`: of the endpoint's variants. */
export function wrongVariant(named: string | null, names: readonly string[], endpointName: string): string {
  const listed = shortened(names.join(', '), 60);
  const known = names.length === 0 ? 'Nothing serves there yet.' : `Its variants: ${listed}.`;
  const what =
    named === null
      ? `"${endpointName}" has several variants, and the key names none.`
      : `"${endpointName}" has no variant "${shortened(named, 20)}", and an upload never adds one.`;
  const remedy =
    named === null
      ? 'Upload to models/<endpoint>/<variant>/<version>/model.tar.gz.'
      : `Upload to models/<endpoint>/${names.length > 1 ? '<variant>/' : ''}<version>/model.tar.gz; or add the variant: name it with all others in "variants" of a request, or of the manifest where that lists them.`;
  return `${what} ${known} ${remedy}`;
}

export const variantOf = (place: ObjectKey): string | null => (place.kind === 'archive' ? place.variantName : null);

/** Of these uploads those that are for the variant. `isOnly`: the endpoint has no other, and keys need not name it. */
export const uploadsOfVariant = (uploads: readonly Upload[], name: string, isOnly: boolean): Upload[] =>
  uploads.filter(({ key }) => {
    const named = variantOf(parseObjectKey(key));
    return named === name || (isOnly && named === null);
  });

/**
 * What a variant gets that names no model: what it serves, or the newest upload for it.
 *
 * @param upload the newest of the variant that may be deployed
 */
export function knownModel(
  { name }: VariantRequest,
  index: number,
  goesFirst: 'newestUpload' | 'served',
  upload: Upload | null,
  newest: Release | null,
  { endpointName, bucketName }: { endpointName: string; bucketName: string },
): { upload: Upload | null; servedArtifactSha256: string | null; problems: Problem[] } {
  const serves = newest?.variants.find((variant) => variant.name === name)?.artifactSha256 ?? null;
  const isTaken =
    upload !== null && goesFirst === 'newestUpload' && !(newest !== null && isRolledBackSince(upload, newest));
  if (serves !== null && !isTaken) return { upload: null, servedArtifactSha256: serves, problems: [] };
  if (upload !== null) return { upload, servedArtifactSha256: null, problems: [] };
  const target = `s3://${bucketName}/models/${endpointName}/${name}/<version>/model.tar.gz`;
  const message = `It is missing, and the endpoint "${endpointName}" has no model of the variant "${name}" yet. Name one, or upload it to ${target}.`;
  return { upload: null, servedArtifactSha256: null, problems: [problem(`variants.${index}.model`, message)] };
}

/** Where the newest release has several variants, and nothing says which are wanted. */
export function unnamedVariants(newest: Release | null, { reset }: CheckedRequest): Problem[] {
  const names = (newest?.variants ?? []).filter(({ role }) => role === 'production').map(({ name }) => name);
  if (names.length < 2) return [];
  const where = reset === undefined ? 'variants' : 'reset';
  return [
    problem(where, `The endpoint has the variants ${names.join(', ')}. List those that are wanted in "variants".`),
  ];
}
