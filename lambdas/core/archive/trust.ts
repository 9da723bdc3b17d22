// Trust: one artifact, named by its sha256, may run code of its own.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';

/**
 * Tells the serving image which files may run code: their contents' digest, see docs/adr/0016-trust-names-one-artifact.md.
 * Requests cannot set names that begin with SAGEMAKER_.
 */
export const TRUST_VARIABLE = 'SAGEMAKER_DEPLOYER_TRUST';

/** What is wrong with trusting this artifact; nothing is known of one that could not be read to its end. */
export function trustProblems(
  trust: string | undefined,
  { sha256, contentsSha256 }: { sha256: string | null; contentsSha256?: string | null },
): Problem[] {
  if (trust === undefined || sha256 === null) return [];
  if (trust !== sha256) {
    const message = `The request trusts the artifact ${trust}, and this one is ${sha256}. Trust is given to one artifact: name this one, or leave it out.`;
    return [problem('trust', message)];
  }
  if (contentsSha256 === null)
    return [problem('trust', 'The archive holds links. One that is trusted to run code holds files and folders only.')];
  return [];
}

export const trustEnvironment = (contentsSha256: string | null | undefined): Record<string, string> =>
  contentsSha256 ? { [TRUST_VARIABLE]: contentsSha256 } : {};
