// The verification of an endpoint, by how its hosting type is asked.
import type { HostingType } from '../../../core/hosting/hosting-type.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Verified } from './confirm-serving.ts';
import type { Verification } from './verification.ts';
import { type VerifyPorts, verifyAtOnce } from './verify-at-once.ts';
import { type QueuedPlan, type QueuePorts, verifyByQueue } from './verify-by-queue.ts';

export function verificationOf(
  { probe, startsCold }: Pick<HostingType<never>, 'probe' | 'startsCold'>,
  ports: VerifyPorts & QueuePorts,
  target: Verified,
  plan: QueuedPlan,
): Verification {
  switch (probe) {
    case 'sync':
      return verifyAtOnce(ports, target, { ...plan, startsCold });
    case 'async':
      return verifyByQueue(ports, target, plan);
    case 'component':
      throw new RolloutError('CallRefused', `${target.endpointName} is asked by a way that is not supported yet.`);
  }
}
