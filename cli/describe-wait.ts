// Why a rollout waits, and how long, from the state that the last check left.
import type { StateKey } from '../state-machine/contract/steps.ts';
import { stateSchemas } from '../state-machine/contract/steps.ts';

/** Each wait with the output that decided on it. */
const waits: Record<string, StateKey> = {
  WaitForLease: 'lease',
  WaitForIdleEndpoint: 'plan',
  WaitForEndpoint: 'deployment',
  WaitForRollback: 'rollback',
};

/** Null for a wait that this version of the client does not know. */
export function describeWait(name: string, state: Record<string, unknown>): { reason: string; seconds: number } | null {
  const key = waits[name];
  if (key === undefined) return null;
  const output = state[key];
  const lease = stateSchemas.lease.safeParse(output);
  if (key === 'lease' && lease.success && lease.data.reason !== null) {
    return { reason: lease.data.reason, seconds: lease.data.waitSeconds };
  }
  const plan = stateSchemas.plan.safeParse(output);
  if (key === 'plan' && plan.success && plan.data.verdict === 'wait') {
    return { reason: plan.data.reason, seconds: plan.data.waitSeconds };
  }
  const deployment = stateSchemas.deployment.safeParse(output);
  if (key === 'deployment' && deployment.success) {
    const { status, progress, waitSeconds } = deployment.data;
    return {
      reason: progress === null ? `the endpoint is ${status}` : `the endpoint is ${status}: ${progress}`,
      seconds: waitSeconds,
    };
  }
  const rollback = stateSchemas.rollback.safeParse(output);
  if (key === 'rollback' && rollback.success) {
    const { status, waitSeconds } = rollback.data;
    return {
      reason: status === null ? 'the endpoint is not gone yet' : `the endpoint is ${status}`,
      seconds: waitSeconds,
    };
  }
  return null;
}
