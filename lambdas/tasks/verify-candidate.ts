// VerifyCandidate: the golden cases and the measurement on the candidate, before the live endpoint is touched.
import type { Task } from '../../state-machine/contract/steps.ts';
import { mainVariant } from '../../state-machine/contract/variant.ts';
import { hostingKindOf, hostingTypeOf } from '../core/hosting/hosting-types.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { verificationOf } from './parts/verification/verification-of.ts';
import type { VerifyPorts } from './parts/verification/verify-at-once.ts';
import type { QueuePorts } from './parts/verification/verify-by-queue.ts';
import { verifyEach } from './parts/verification/verify-each.ts';

/**
 * The longest that SageMaker waits for an answer. How fast a serverless endpoint is, which starts cold and has other
 * processors, says nothing of the instances: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
 */
const ANSWER_MILLISECONDS = 60_000;

export const verifyCandidate =
  (ports: VerifyPorts & QueuePorts): Task<'VerifyCandidate'> =>
  async ({ plan: planned, lease, candidateCanaryInvocations: before }) => {
    if (planned.candidate === null) throw new RolloutError('CallRefused', 'The plan has no candidate to verify.');
    const plan = await readPlan(ports.documents, planned);
    const { endpointName, rolloutId, request } = plan;
    const config = plan.candidate?.endpointConfig ?? { variants: [] };
    const kind = mainVariant(config.variants)?.capacity.type ?? hostingKindOf(request);
    const canaryInvocations =
      kind !== hostingKindOf(request)
        ? { ...request.canaryInvocations, maximumP99Milliseconds: ANSWER_MILLISECONDS }
        : request.canaryInvocations;
    const type = hostingTypeOf(kind);
    return verifyEach(ports, lease, planned.candidate, plan, config, before, (target, goldenCases) =>
      verificationOf(type, ports, target, { endpointName, rolloutId, goldenCases, canaryInvocations }),
    );
  };
