// `golden.json` at the root of an archive: collected while the archive is read, checked afterwards.
import { GoldenCasesSchema } from '../../../state-machine/contract/golden-cases.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { check, parseJson, problem } from '../problems/problems.ts';
import { MAXIMUM_GOLDEN_CASES_BYTES } from './limits.ts';
import type { Sink, TarEntry } from './tar-reader.ts';

export const GOLDEN_CASES = 'golden.json';

export interface GoldenCasesFile {
  /** Null when it is not to be read. */
  sinkFor(entry: TarEntry): Sink | null;
  /** The text as it is in the archive, null when there is none or it is wrong. */
  checked(): { text: string | null; problems: Problem[] };
}

export function goldenCasesFile(): GoldenCasesFile {
  let pieces: Buffer[] | null = null;
  let refusal: Problem | null = null;
  return {
    sinkFor({ type, size }) {
      if (type !== 'file') refusal = problem(GOLDEN_CASES, 'It must be an ordinary file.');
      else if (size > MAXIMUM_GOLDEN_CASES_BYTES)
        refusal = problem(GOLDEN_CASES, `It has ${size} bytes; at most ${MAXIMUM_GOLDEN_CASES_BYTES} are allowed.`);
      if (refusal !== null) return null;
      const collected: Buffer[] = [];
      pieces = collected;
      return (bytes) => collected.push(Buffer.from(bytes));
    },
    checked() {
      if (refusal !== null) return { text: null, problems: [refusal] };
      if (pieces === null) return { text: null, problems: [] };
      const text = Buffer.concat(pieces)
        .toString('utf8')
        .replace(/^\uFEFF/, '');
      const problems = problemsOf(text);
      return { text: problems.length === 0 ? text : null, problems };
    },
  };
}

function problemsOf(text: string): Problem[] {
  const { value, problems } = parseJson(text, GOLDEN_CASES);
  if (problems.length > 0) return [...problems];
  return [...check(GoldenCasesSchema, value, GOLDEN_CASES).problems];
}
