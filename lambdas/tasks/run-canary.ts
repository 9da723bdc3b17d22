// RunCanary: the golden cases and the measurement on the live endpoint; asked again after each wait until there is a verdict.
import type { Task } from '../../state-machine/contract/steps.ts';
import { NOTHING_JUDGED } from '../core/canary/judge-canary.ts';
import { hostingKindOf, hostingTypeOf } from '../core/hosting/hosting-types.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { noteVerified } from './parts/lease/note-verified.ts';
import { verificationOf } from './parts/verification/verification-of.ts';
import type { VerifyPorts } from './parts/verification/verify-at-once.ts';
import type { QueuePorts } from './parts/verification/verify-by-queue.ts';
import { verifyEach } from './parts/verification/verify-each.ts';

export const runCanary =
  (ports: VerifyPorts & QueuePorts): Task<'RunCanary'> =>
  async ({ plan: planned, lease, canaryInvocations: before }) => {
    const plan = await readPlan(ports.documents, planned);
    const { endpointName, rolloutId } = plan;
    const { canaryInvocations } = plan.request;
    const type = hostingTypeOf(hostingKindOf(plan.request));
    const output = await verifyEach(ports, lease, planned, plan, plan.endpointConfig, before, (target, goldenCases) =>
      verificationOf(type, ports, target, { endpointName, rolloutId, goldenCases, canaryInvocations }),
    );
    if (output.verdict !== 'passed') return output;
    const stop = await noteVerified(ports, lease);
    return stop === null ? output : { ...output, ...NOTHING_JUDGED, verdict: 'failed', failure: stop };
  };
