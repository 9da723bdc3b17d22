// The golden cases that a request brings: in itself, or in an object that it points to.
import { type GoldenCase, GoldenCasesSchema } from '../../../../state-machine/contract/golden-cases.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import { parseS3Uri } from '../../../core/naming/object-keys.ts';
import { isTooDeep } from '../../../core/problems/json-depth.ts';
import { check, parseJson, problem, tooDeep } from '../../../core/problems/problems.ts';
import type { CheckedRequest } from '../../../core/request/check-request.ts';
import type { Uploads } from '../../../ports/uploads.ts';
import { readTextOrProblem } from './read-text-or-problem.ts';

// A request travels through Step Functions, whose state holds 256 KiB; an object is read by the canary in one piece.
const MAXIMUM_INLINE_BYTES = 8 * 1024;
const MAXIMUM_OBJECT_BYTES = 1024 * 1024;
/** Not under `models/`: there, every object starts a rollout. */
const GOLDEN_CASES_PREFIX = 'golden-cases/';

interface Found {
  /** Null when the request brings none, or wrong ones. */
  cases: GoldenCase[] | null;
  problems: readonly Problem[];
}

export async function readGoldenCases(
  uploads: Uploads,
  bucketName: string,
  canaryInvocations: CheckedRequest['canaryInvocations'],
): Promise<Found> {
  const { cases, casesS3Uri } = canaryInvocations ?? {};
  if (cases !== undefined && casesS3Uri !== undefined) {
    return wrong('canaryInvocations.casesS3Uri', 'There are `cases` too. Give one of them.');
  }
  if (cases !== undefined) {
    if (isTooDeep(cases)) return wrong('canaryInvocations.cases', tooDeep);
    const bytes = Buffer.byteLength(JSON.stringify(cases));
    if (bytes <= MAXIMUM_INLINE_BYTES) return { cases, problems: [] };
    const limit = `Allowed: at most ${MAXIMUM_INLINE_BYTES}; put more into an object and name it in canaryInvocations.casesS3Uri.`;
    return wrong('canaryInvocations.cases', `The cases have ${bytes} bytes as JSON. ${limit}`);
  }
  return casesS3Uri === undefined ? { cases: null, problems: [] } : readObject(uploads, bucketName, casesS3Uri);
}

async function readObject(uploads: Uploads, bucketName: string, casesS3Uri: string): Promise<Found> {
  const location = parseS3Uri(casesS3Uri);
  if (location === null || location.bucket !== bucketName || !location.key.startsWith(GOLDEN_CASES_PREFIX)) {
    return wrong(
      'canaryInvocations.casesS3Uri',
      `Golden cases are read from s3://${bucketName}/${GOLDEN_CASES_PREFIX} only.`,
    );
  }
  const upload = await uploads.find(location);
  if (upload === null) return wrong('canaryInvocations.casesS3Uri', 'There is no such object.');
  const { text, problems } = await readTextOrProblem(
    uploads,
    upload,
    MAXIMUM_OBJECT_BYTES,
    'canaryInvocations.casesS3Uri',
  );
  if (text === null) return { cases: null, problems };
  const parsed = parseJson(text, location.key);
  if (parsed.problems.length > 0) return { cases: null, problems: parsed.problems };
  const checked = check(GoldenCasesSchema, parsed.value, location.key);
  return { cases: checked.value?.cases ?? null, problems: checked.problems };
}

const wrong = (where: string, message: string): Found => ({ cases: null, problems: [problem(where, message)] });
