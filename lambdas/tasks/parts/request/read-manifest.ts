// Reads an endpoint's manifest.
import { manifestKey } from '../../../core/naming/object-keys.ts';
import { NO_REQUEST, type RequestCheck } from '../../../core/request/check-request.ts';
import { manifestRequest } from '../../../core/request/manifest-request.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { readTextOrProblem } from './read-text-or-problem.ts';

const MAXIMUM_MANIFEST_BYTES = 256 * 1024;

/** Empty when there is none. */
export async function readManifest(
  uploads: Uploads,
  bucket: string,
  endpointName: string,
): Promise<Pick<RequestCheck, 'request' | 'problems'>> {
  const key = manifestKey(endpointName);
  const upload = await uploads.find({ bucket, key });
  if (upload === null) return NO_REQUEST;
  const { text, problems } = await readTextOrProblem(uploads, upload, MAXIMUM_MANIFEST_BYTES, key);
  return text === null ? { request: {}, problems } : manifestRequest(text, endpointName);
}
