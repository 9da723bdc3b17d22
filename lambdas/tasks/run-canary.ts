// RunCanary: the golden cases and the measurement on the live endpoint; asked again after each wait until there is a verdict.
import type { Task } from '../../state-machine/contract/steps.ts';
import { NOTHING_JUDGED } from '../core/canary/judge-canary.ts';
import { hostingTypeOf } from '../core/hosting/hosting-types.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { noteVerified } from './parts/lease/note-verified.ts';
import { runVerification } from './parts/verification/run-verification.ts';
import { verificationOf } from './parts/verification/verification-of.ts';
import type { VerifyPorts } from './parts/verification/verify-at-once.ts';

export const runCanary =
  (ports: VerifyPorts): Task<'RunCanary'> =>
  async ({ plan: planned, lease, canaryInvocations: before }) => {
    const { goldenCases, request } = await readPlan(ports.documents, planned);
    const { canaryInvocations } = request;
    const { probe } = hostingTypeOf(request.hosting.type);
    const verification = verificationOf(probe, ports, planned, { goldenCases, canaryInvocations });
    const output = await runVerification(ports, lease, planned, verification, before);
    if (output.verdict !== 'passed') return output;
    const stop = await noteVerified(ports, lease);
    return stop === null ? output : { ...output, ...NOTHING_JUDGED, verdict: 'failed', failure: stop };
  };
