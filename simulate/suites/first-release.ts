// The functions of the first release, which knew no leases: today's tasks with nothing else in their answers and documents.
import { functionCalls } from '../../infra/function-calls.ts';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { Leases } from '../../lambdas/ports/leases.ts';
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';
import { type StepName, stepNames, steps } from '../../state-machine/contract/steps.ts';
import { type Ports, portsOf, type SimulatedFunction, tasks } from '../world/functions.ts';

/** What came with the second contract. */
const LATER = [
  ...['candidate', 'guarded', 'trafficMoves', 'patienceSeconds', 'suspendsScaling', 'strategy', 'alarms'],
  ...['extraCapacity', 'modelSha256', 'modelErrors'],
];
const asBefore = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, part) => (LATER.includes(key) ? undefined : key === 'contractVersion' ? 1 : part)),
  );

const HOLDER = 'whoever it is';
const held: Leases = {
  read: async (endpointName) => {
    const rollout = { rolloutId: HOLDER, executionArn: HOLDER, startedAt: '', action: 'deploy' as const };
    const owner = { rollout: { ...rollout, upload: null, startedByKey: null, correlationId: null }, recovers: null };
    return { ...neverLeased(endpointName), owner: { ...owner, acquiredAt: '', heartbeatAt: '', plan: null } };
  },
  replace: async () => true,
  inUse: async () => [],
};
const granted = (endpointName: string): LeaseOutput => ({
  ...{ verdict: 'granted', endpointName, holder: HOLDER, fencing: 0, startedAt: '', acquiredAt: null, waitSeconds: 0 },
  ...{ reason: null, successor: null, repeats: null, recovers: null, failure: null },
});

const DAY = 86_400_000;

/** A function of the way forward as the first release had it. Its name says so: no fault is meant for it. */
function ofFirstRelease(name: StepName, endpointName: string): SimulatedFunction {
  const task = tasks[name] as (ports: Ports) => (input: unknown) => Promise<{ document?: DocumentRef }>;
  return {
    name: `${name} of the first release`,
    timeoutSeconds: steps[name].functionTimeoutSeconds,
    granted: functionCalls[name],
    run: async (world, payload) => {
      const ports: Ports = { ...portsOf(world), leases: held };
      const output = asBefore(
        await task(ports)({ artifact: null, alarms: null, ...(payload as object), lease: granted(endpointName) }),
      );
      if (name === 'PlanRollout' && output.document !== undefined) {
        const plan = asBefore(await ports.documents.read(output.document));
        const deadline = new Date(world.clock.now().getTime() + DAY).toISOString();
        output.document = await ports.documents.write(output.document.key, { ...plan, deadline, extraInstances: 1 });
      }
      return output;
    },
  };
}

export interface StackUpdate {
  readonly functions: Readonly<Record<string, SimulatedFunction>>;
  /** How often functions of the first release were invoked. */
  readonly invoked: () => number;
  /** Now, however many there were. */
  readonly happen: () => void;
}

/**
 * The stack is updated after `count` invocations of the first release's functions, or with the first of the way back, whose
 * functions are today's in any case.
 */
export function updateAfter(
  count: number,
  today: Readonly<Record<string, SimulatedFunction>>,
  endpointName: string,
): StackUpdate {
  let invoked = 0;
  let isUpdated = false;
  const functions = { ...today };
  for (const name of stepNames) {
    const [before, now] = [ofFirstRelease(name, endpointName), today[name]!];
    const get = () => {
      isUpdated ||= invoked >= count || 'rollback' in steps[name];
      if (isUpdated) return now;
      invoked += 1;
      return before;
    };
    Object.defineProperty(functions, name, { enumerable: true, get });
  }
  const happen = () => {
    isUpdated = true;
  };
  return { functions, invoked: () => invoked, happen };
}
