// Reads a small upload; one that cannot be read for a reason of its author's is a problem, not an error.
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { problem } from '../../../core/problems/problems.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Uploads } from '../../../ports/uploads.ts';

export async function readTextOrProblem(
  uploads: Uploads,
  upload: Upload,
  maximumBytes: number,
  where: string,
): Promise<{ text: string; problems: [] } | { text: null; problems: Problem[] }> {
  try {
    return { text: await uploads.readText(upload, maximumBytes), problems: [] };
  } catch (error) {
    if (!(error instanceof RolloutError) || error.name !== 'RequestRejected') throw error;
    return { text: null, problems: [problem(where, error.message)] };
  }
}
