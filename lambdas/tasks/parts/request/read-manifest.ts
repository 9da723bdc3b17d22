// An endpoint's manifest, `models/<endpoint>/rollout.json`: the defaults of its requests.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import { manifestKey } from '../../../core/naming/object-keys.ts';
import { parseJson, problem } from '../../../core/problems/problems.ts';
import { checkRequest, NO_REQUEST, type RequestCheck } from '../../../core/request/check-request.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { readTextOrProblem } from './read-text-or-problem.ts';

const MAXIMUM_MANIFEST_BYTES = 256 * 1024;

/** Empty when there is none. `request` holds what is right of it, also where it has problems. */
export async function readManifest(
  uploads: Uploads,
  bucket: string,
  endpointName: string,
): Promise<Pick<RequestCheck, 'request' | 'problems'>> {
  const key = manifestKey(endpointName);
  const upload = await uploads.find({ bucket, key });
  if (upload === null) return NO_REQUEST;
  const { text, problems } = await readTextOrProblem(uploads, upload, MAXIMUM_MANIFEST_BYTES, key);
  if (text === null) return { request: {}, problems };
  const parsed = parseJson(text, key);
  if (parsed.problems.length > 0) return { request: {}, problems: parsed.problems };

  const checked = checkRequest(parsed.value, key);
  const { model, endpointName: named, ...request } = checked.request;
  const own: Problem[] = [];
  if (model !== undefined) {
    own.push(problem(`${key}: model`, 'A manifest names no model: it applies to every version. Leave it out.'));
  }
  if (named !== undefined && named !== endpointName) {
    own.push(
      problem(`${key}: endpointName`, `Found "${named}". It lies in the folder of the endpoint "${endpointName}".`),
    );
  }
  return { request, problems: [...checked.problems, ...own] };
}
