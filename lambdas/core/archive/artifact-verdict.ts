// The verdict on request and archive together.
import type { ArtifactOutput, RequestOutput } from '../../../state-machine/contract/outputs.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { DocumentRef } from '../../../state-machine/contract/resolved-request.ts';
import { outcomeByUploadKey } from '../naming/object-keys.ts';
import { rolloutDocumentKey } from '../naming/rollout-documents.ts';
import { bounded, problem } from '../problems/problems.ts';
import { GOLDEN_CASES } from './golden-cases.ts';
import { rejection } from './rejection.ts';

/** What is known of an artifact before it is stored. */
export interface ArtifactFindings {
  problems: readonly Problem[];
  /** Null for an archive that was not read to its end. */
  sha256: string | null;
  hasGoldenCases: boolean;
}

/** Where an accepted artifact is, and what of it may run code. */
export type StoredAs = Pick<ArtifactOutput, 'sha256' | 'location' | 'goldenCases' | 'trustedContentsSha256'>;

/** For an action that needs no artifact. */
export const NO_ARTIFACT: ArtifactOutput = {
  verdict: 'accepted',
  problems: [],
  sha256: null,
  location: null,
  goldenCases: null,
  archive: null,
  inspected: null,
  failure: null,
};

export const needsNoArtifact = ({ action, problems }: RequestOutput): boolean =>
  problems.length === 0 && (action === 'retireEndpoint' || action === 'cancel' || action === 'recover');

/** Resolved again after a wait for the lease: the same version of the same object has the same content. */
export function isInspected(
  { upload, problems }: Pick<RequestOutput, 'upload' | 'problems'>,
  before: Pick<ArtifactOutput, 'verdict' | 'inspected'> | null,
): boolean {
  const inspected = before?.verdict === 'accepted' ? before.inspected : null;
  if (problems.length > 0 || upload === null || inspected === null) return false;
  return inspected.key === upload.key && inspected.versionId === upload.versionId;
}

/** Whether it depends on the request's own golden cases that the artifact is accepted: the platform asks for some. */
export const needsCases = (
  isRequired: boolean,
  { document }: Pick<RequestOutput, 'document'>,
  { problems, sha256, hasGoldenCases }: ArtifactFindings,
): boolean =>
  // Of an archive that was not read to its end, and a request with problems, nobody knows; cases that are wrong are reported as such.
  isRequired &&
  !hasGoldenCases &&
  sha256 !== null &&
  document !== null &&
  !problems.some(({ where }) => where.startsWith(GOLDEN_CASES));

export function missingCases(ofRequest: DocumentRef | null): Problem[] {
  if (ofRequest !== null) return [];
  const message = `This platform requires golden cases: put ${GOLDEN_CASES} into the archive, or canaryInvocations.cases into the request.`;
  return [problem('canaryInvocations.cases', message)];
}

export const acceptedArtifact = (request: RequestOutput, stored: StoredAs): ArtifactOutput => ({
  ...NO_ARTIFACT,
  ...stored,
  archive: request.upload === null ? null : 'accepted',
  inspected: inspectedUpload(request),
});

/** `archive`: the verdict on the archive alone, whatever is wrong with the request. */
export function rejectedArtifact(
  request: RequestOutput,
  rolloutId: string,
  problems: readonly Problem[],
  sha256: string | null,
  archive: 'accepted' | 'rejected',
): ArtifactOutput {
  const listed = bounded(problems);
  return {
    ...NO_ARTIFACT,
    verdict: 'rejected',
    problems: listed,
    sha256,
    archive: request.upload === null ? null : archive,
    inspected: inspectedUpload(request),
    failure: rejection(listed, outcomeOf(request, rolloutId)),
  };
}

const inspectedUpload = ({ upload }: RequestOutput) => upload && { key: upload.key, versionId: upload.versionId };

/** Where the outcome will list every problem. */
function outcomeOf({ endpointName, upload }: RequestOutput, rolloutId: string): string {
  if (endpointName !== null) return rolloutDocumentKey(endpointName, rolloutId, 'outcome');
  return upload === null ? 'the outcome' : outcomeByUploadKey(upload.key);
}
