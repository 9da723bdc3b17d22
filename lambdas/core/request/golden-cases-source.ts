// Where a request has its golden cases: in itself, or in an object that it points to.
import { type GoldenCase, GoldenCasesSchema } from '../../../state-machine/contract/golden-cases.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { parseS3Uri } from '../naming/object-keys.ts';
import { isTooDeep } from '../problems/json-depth.ts';
import { check, parseJson, problem, tooDeep } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';

// A request travels through Step Functions, whose state holds 256 KiB; an object is read by RunCanary in one piece.
const MAXIMUM_INLINE_BYTES = 8 * 1024;
/** Not under `models/`: there, every object starts a rollout. */
const GOLDEN_CASES_PREFIX = 'golden-cases/';

export interface FoundCases {
  /** Null when the request brings none, or wrong ones. */
  cases: GoldenCase[] | null;
  problems: readonly Problem[];
}

export type GoldenCasesSource =
  | { kind: 'found'; found: FoundCases }
  | { kind: 'object'; location: { bucket: string; key: string } };

/** Where problems of the object are reported. */
export const CASES_URI = 'canaryInvocations.casesS3Uri';

export function goldenCasesSource(
  { cases, casesS3Uri }: NonNullable<CheckedRequest['canaryInvocations']>,
  bucketName: string,
): GoldenCasesSource {
  if (cases !== undefined && casesS3Uri !== undefined)
    return found(wrongCases(CASES_URI, 'There are `cases` too. Give one of them.'));
  if (cases !== undefined) return found(inlineCases(cases));
  if (casesS3Uri === undefined) return found({ cases: null, problems: [] });
  const location = parseS3Uri(casesS3Uri);
  if (location === null || location.bucket !== bucketName || !location.key.startsWith(GOLDEN_CASES_PREFIX)) {
    return found(wrongCases(CASES_URI, `Golden cases are read from s3://${bucketName}/${GOLDEN_CASES_PREFIX} only.`));
  }
  return { kind: 'object', location };
}

function inlineCases(cases: GoldenCase[]): FoundCases {
  if (isTooDeep(cases)) return wrongCases('canaryInvocations.cases', tooDeep);
  const bytes = Buffer.byteLength(JSON.stringify(cases));
  if (bytes <= MAXIMUM_INLINE_BYTES) return { cases, problems: [] };
  const limit = `Allowed: at most ${MAXIMUM_INLINE_BYTES}; put more into an object and name it in ${CASES_URI}.`;
  return wrongCases('canaryInvocations.cases', `The cases have ${bytes} bytes as JSON. ${limit}`);
}

/** The cases of an object's text; `key` names the object in problems. */
export function casesOfObject(text: string, key: string): FoundCases {
  const parsed = parseJson(text, key);
  if (parsed.problems.length > 0) return { cases: null, problems: parsed.problems };
  const checked = check(GoldenCasesSchema, parsed.value, key);
  return { cases: checked.value?.cases ?? null, problems: checked.problems };
}

export const wrongCases = (where: string, message: string): FoundCases => ({
  cases: null,
  problems: [problem(where, message)],
});

const found = (cases: FoundCases): GoldenCasesSource => ({ kind: 'found', found: cases });
