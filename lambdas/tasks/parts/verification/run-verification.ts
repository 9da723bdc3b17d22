// One step of a verification: begun the first time, polled after each wait, and ended at its deadline at the latest.
import type { CanaryInvocationsOutput, LeaseOutput } from '../../../../state-machine/contract/outputs.ts';
import { VERIFICATION_SECONDS } from '../../../../state-machine/contract/time-budgets.ts';
import { type CanaryVerdict, NOTHING_JUDGED } from '../../../core/canary/judge-canary.ts';
import { beatLease } from '../lease/beat-lease.ts';
import { confirmServing, type ServingPorts, type Verified } from './confirm-serving.ts';
import type { Verification } from './verification.ts';

/**
 * @param before the output of the step before; null where the verification is still to begin
 * @returns `waiting`: asked again after `waitSeconds`
 */
export async function runVerification(
  ports: ServingPorts,
  lease: LeaseOutput,
  target: Verified,
  verification: Verification,
  before: CanaryInvocationsOutput | null,
): Promise<CanaryInvocationsOutput> {
  const underWay = before?.verdict === 'waiting' ? before : null;
  const startedAt = underWay?.startedAt ?? ports.clock.now().toISOString();
  const ended = (verdict: CanaryVerdict): CanaryInvocationsOutput => ({
    ...verdict,
    startedAt,
    waitSeconds: 0,
    progress: null,
  });
  const failed = (failure: NonNullable<CanaryVerdict['failure']>) =>
    ended({ ...NOTHING_JUDGED, verdict: 'failed', failure });

  const stop = await beatLease(ports, lease);
  if (stop !== null) return failed(stop);
  const asked = underWay?.progress ?? null;
  const step = asked === null ? await verification.begin() : await verification.poll(asked);
  if (step.verdict !== 'waiting')
    return ended(step.verdict === 'passed' ? await confirmServing(ports, target, step) : step);
  const seconds = (ports.clock.now().getTime() - Date.parse(startedAt)) / 1000;
  // No answer is not a pass.
  if (seconds >= VERIFICATION_SECONDS) {
    const Cause = `The endpoint ${target.endpointName} did not answer every canary invocation within ${VERIFICATION_SECONDS / 3600} hours.`;
    return failed({ Error: 'DeadlineExceeded', Cause });
  }
  return { ...NOTHING_JUDGED, ...step, failure: null, startedAt };
}
