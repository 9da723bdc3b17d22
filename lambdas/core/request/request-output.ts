// What ResolveRequest says of a request, but for what it says of every one: what started it, and when it was resolved.
import type { RequestOutput } from '../../../state-machine/contract/outputs.ts';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { Upload } from '../../../state-machine/contract/resolved-request.ts';
import type { RequestedModel } from '../../../state-machine/contract/variant-models.ts';
import { SERVABLE_MODEL_FILES } from '../archive/servable-model-files.ts';
import { bounded, problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';

export type Resolved = Omit<RequestOutput, 'trigger' | 'startedByKey' | 'resolvedAt'>;

/** The beginning of every output. */
export const NOTHING_RESOLVED: Resolved = {
  action: 'deploy',
  recovers: null,
  problems: [],
  endpointName: null,
  upload: null,
  servedArtifactSha256: null,
  servableModelFiles: null,
  document: null,
  correlationId: null,
};

/** The archive is inspected all the same: its author is told of every problem at once. */
export const rejectedRequest = (
  problems: readonly Problem[],
  {
    endpointName,
    upload,
    models,
  }: { endpointName: string | null; upload: Upload | null; models?: RequestedModel[] } = NOTHING_RESOLVED,
  { image, trust, ignore, correlationId }: CheckedRequest = {},
): Resolved => ({
  ...NOTHING_RESOLVED,
  problems: bounded(problems),
  endpointName,
  upload,
  ...(models !== undefined && { models }),
  servableModelFiles: image === undefined ? [...SERVABLE_MODEL_FILES] : null,
  ...(trust !== undefined && { trust }),
  ...(ignore !== undefined && { ignore }),
  correlationId: correlationId ?? null,
});

/** Which model files the image serves; null for an image of the author's own. */
export const servableModelFiles = (repositoryName: string, { servingImage }: PlatformSettings): string[] | null =>
  repositoryName === servingImage.repositoryName ? [...SERVABLE_MODEL_FILES] : null;

export function prefixProblems(
  endpointName: string | null,
  { endpointNamePrefix: prefix }: PlatformSettings,
): Problem[] {
  if (endpointName === null || endpointName.startsWith(prefix)) return [];
  const message = `The endpoint "${endpointName}" is not allowed by the platform: names begin with "${prefix}".`;
  return [problem('endpointName', message)];
}
