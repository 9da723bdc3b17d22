// What becomes of a rollout whose accepted artifact is no longer kept.
import type {
  ArtifactOutput,
  LeaseOutput,
  PlanOutput,
  RequestOutput,
} from '../../../state-machine/contract/outputs.ts';
import { problem } from '../problems/problems.ts';

/**
 * Copies are removed under the lease alone, so one that was found under it stays. Where it is gone all the same, the request
 * is resolved and the copy made once more; and once is enough, if no person removes it.
 */
export function missingArtifact(
  { resolvedAt }: Pick<RequestOutput, 'resolvedAt'>,
  { sha256 }: Pick<ArtifactOutput, 'sha256'>,
  { acquiredAt }: Pick<LeaseOutput, 'acquiredAt'>,
): PlanOutput {
  const message = `The artifact ${sha256} is no longer kept. Upload the model again, or name another one in the request.`;
  const wasFoundUnderLease = acquiredAt === null || resolvedAt > acquiredAt;
  return {
    verdict: wasFoundUnderLease ? 'rejected' : 'outdated',
    failure: { Error: 'RequestRejected', Cause: message },
    problems: [problem('model', message)],
  };
}
