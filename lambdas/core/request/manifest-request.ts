// What the text of an endpoint's manifest asks for, `models/<endpoint>/rollout.json`: the defaults of its requests.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { manifestKey } from '../naming/object-keys.ts';
import { parseJson, placed, problem } from '../problems/problems.ts';
import { type CheckedRequest, checkRequest, type RequestCheck } from './check-request.ts';

/** What a request may say and a manifest may not. */
export function manifestProblems({ model, ignore, reset, variants }: CheckedRequest, document = ''): Problem[] {
  const problems: Problem[] = [];
  if (model !== undefined) {
    const message = 'A manifest names no model: it applies to every version. Leave it out.';
    problems.push(problem(placed(document, 'model'), message));
  }
  if (ignore !== undefined) {
    const message =
      'It is said of one archive, and a manifest applies to every version. Send it in a request that names the model.';
    problems.push(problem(placed(document, 'ignore'), message));
  }
  for (const [index, variant] of (variants ?? []).entries()) {
    for (const key of ['model', 'ignore'] as const) {
      if (variant[key] === undefined) continue;
      const message = 'It is said of one archive, and a manifest applies to every version. Leave it out.';
      problems.push(problem(placed(document, `variants.${index}.${key}`), message));
    }
  }
  if (reset !== undefined) {
    const message = 'It is said of one rollout, and a manifest holds for all of them. Send it in a request.';
    problems.push(problem(placed(document, 'reset'), message));
  }
  return problems;
}

/** `request` holds what is right of it, also where it has problems. */
export function manifestRequest(text: string, endpointName: string): Pick<RequestCheck, 'request' | 'problems'> {
  const key = manifestKey(endpointName);
  const parsed = parseJson(text, key);
  if (parsed.problems.length > 0) return { request: {}, problems: parsed.problems };

  const checked = checkRequest(parsed.value, key);
  const { model: _, endpointName: named, ignore: __, reset: ___, ...request } = checked.request;
  const own = manifestProblems(checked.request, key);
  if (named !== undefined && named !== endpointName) {
    own.push(
      problem(`${key}: endpointName`, `Found "${named}". It lies in the folder of the endpoint "${endpointName}".`),
    );
  }
  return { request, problems: [...checked.problems, ...own] };
}
