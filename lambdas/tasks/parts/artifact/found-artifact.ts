// An artifact that was looked at, and how it is stored if it is accepted.

import type { RequestOutput } from '../../../../state-machine/contract/outputs.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import type { ArtifactFindings, StoredAs } from '../../../core/archive/artifact-verdict.ts';
import type { ArchiveInspection } from '../../../core/archive/inspect-archive.ts';
import { problem } from '../../../core/problems/problems.ts';
import { RolloutError } from '../../../core/rollout-error.ts';

export interface FoundArtifact extends ArtifactFindings {
  store: () => Promise<StoredAs>;
}

export const trusted = ({ contentsSha256 }: Pick<ArchiveInspection, 'contentsSha256'>) =>
  contentsSha256 ? { trustedContentsSha256: contentsSha256 } : {};

export function endpointOf({ endpointName }: RequestOutput): string {
  if (endpointName !== null) return endpointName;
  throw new RolloutError('CallRefused', 'A request without problems names no endpoint.');
}

/** What its author has to fix becomes a problem; the rest is thrown on. */
export function authorsProblem(error: unknown, upload: Upload | null): Problem {
  if (error instanceof RolloutError && error.name === 'RequestRejected')
    return problem(upload?.key ?? 'model', error.message);
  throw error;
}
