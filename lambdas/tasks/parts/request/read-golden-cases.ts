// Reads the golden cases that a request brings.
import type { CheckedRequest } from '../../../core/request/check-request.ts';
import {
  CASES_URI,
  casesOfObject,
  type FoundCases,
  goldenCasesSource,
  wrongCases,
} from '../../../core/request/golden-cases-source.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { readTextOrProblem } from './read-text-or-problem.ts';

const MAXIMUM_OBJECT_BYTES = 1024 * 1024;

export async function readGoldenCases(
  uploads: Uploads,
  bucketName: string,
  canaryInvocations: CheckedRequest['canaryInvocations'] = {},
): Promise<FoundCases> {
  const source = goldenCasesSource(canaryInvocations, bucketName);
  if (source.kind === 'found') return source.found;
  const upload = await uploads.find(source.location);
  if (upload === null) return wrongCases(CASES_URI, 'There is no such object.');
  const { text, problems } = await readTextOrProblem(uploads, upload, MAXIMUM_OBJECT_BYTES, CASES_URI);
  return text === null ? { cases: null, problems } : casesOfObject(text, source.location.key);
}
