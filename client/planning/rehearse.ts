// Rehearses the beginning of a rollout: the machine's own tasks up to the plan, and what they would remove at its end.
import * as z from 'zod/mini';
import type { EndpointDescription } from '../../lambdas/core/endpoint/endpoint-description.ts';
import type { StackEnvironment } from '../../lambdas/core/request/stack-environment.ts';
import { inspectArtifact } from '../../lambdas/tasks/inspect-artifact.ts';
import { planRollout } from '../../lambdas/tasks/plan-rollout.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { retireSuperseded } from '../../lambdas/tasks/retire-superseded.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import type { ArtifactOutput, LeaseOutput, Planned, RequestOutput } from '../../state-machine/contract/outputs.ts';
import { type Plan, PlanSchema } from '../../state-machine/contract/plan.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';
import { Refusal } from '../refusal.ts';
import { localUploads, type PlanInput, triggerOf } from './plan-input.ts';
import type { ReadPorts } from './read-ports.ts';
import { type Notes, note, rehearsalPorts } from './rehearsal-ports.ts';

/** As the functions know their stack. */
export interface PlanningStack extends StackEnvironment {
  stackName: string;
  executionRoleArn: string;
}

export type Rehearsal = { endpointName: string | null; notes: Notes } & (
  | { verdict: 'rejected'; problems: Problem[] }
  | { verdict: 'wait'; waitsFor: string }
  | { verdict: 'unknown' }
  | {
      verdict: 'proceed' | 'unchanged';
      plan: Plan;
      planned: Planned;
      /** As it is in truth. */
      lease: Lease | null;
    }
);

/** The id of a rollout that will have another one. */
const ROLLOUT_ID = 'plan';

type Rehearsing = ReturnType<typeof rehearsalPorts>['ports'];

/** @throws Refusal for a request to do something else than to deploy or to roll back */
export async function rehearse(reads: ReadPorts, stack: PlanningStack, input: PlanInput): Promise<Rehearsal> {
  const { ports, notes } = rehearsalPorts(reads, stack.bucketName, localUploads(input), ROLLOUT_ID);
  const execution = { id: ROLLOUT_ID, name: ROLLOUT_ID, startedAt: ports.clock.now().toISOString() };
  let endpointName: string | null = null;
  try {
    const trigger = triggerOf(input, stack.bucketName);
    const request = await resolveRequest(ports, stack)({ execution, trigger, request: null });
    endpointName = request.endpointName;
    refuseOther(request);
    const artifact = await inspectArtifact(ports, stack.settings)({ execution, request, artifact: null });
    const known = { endpointName, notes };
    if (artifact.verdict === 'rejected') return { ...known, verdict: 'rejected', problems: artifact.problems };
    if (notes.isStuck || endpointName === null) return { ...known, verdict: 'unknown' };

    const lease = await leaseOf(ports, endpointName);
    const planned = await planRollout(ports, stack)({ execution, request, artifact, lease });
    switch (planned.verdict) {
      case 'rejected':
        return { ...known, verdict: 'rejected', problems: planned.problems };
      case 'wait':
        return { ...known, verdict: 'wait', waitsFor: planned.reason };
      case 'outdated':
        return { ...known, verdict: 'wait', waitsFor: planned.failure.Cause };
      case 'recover':
        throw new Error('Nothing is recovered by a plan.');
      default: {
        const { document, verdict } = planned;
        const plan = z.parse(PlanSchema, await ports.documents.read(document));
        if (verdict === 'proceed') await rehearseRemoval(ports, stack, notes, { planned, lease, artifact });
        return { ...known, verdict, plan, planned, lease: await reads.leases.read(endpointName) };
      }
    }
  } catch (error) {
    note(notes, error);
    return { endpointName, notes, verdict: 'unknown' };
  }
}

function refuseOther({ action, problems }: RequestOutput): void {
  if (problems.length > 0 || action === 'deploy' || action === 'rollback') return;
  throw new Refusal(`A request with "action": "${action}" rolls nothing out, so there is nothing to plan.`);
}

async function leaseOf({ leases }: Rehearsing, endpointName: string): Promise<LeaseOutput> {
  return {
    ...{ verdict: 'granted', endpointName, holder: ROLLOUT_ID, waitSeconds: 0, reason: null, successor: null },
    ...{ startedAt: '', acquiredAt: null, repeats: null, recovers: null, failure: null },
    fencing: (await leases.read(endpointName))?.fencing ?? 0,
  };
}

const NEW_ENDPOINT: EndpointDescription = {
  ...{ name: '', arn: '', status: 'InService', endpointConfigName: '', pendingEndpointConfigName: null },
  ...{ trafficMoves: false, progress: null, failureReason: null, variants: [] },
};

/** As if the endpoint were on its new configuration. What it removes is noted. */
async function rehearseRemoval(
  ports: Rehearsing,
  stack: PlanningStack,
  notes: Notes,
  { planned, lease, artifact }: { planned: Planned; lease: LeaseOutput; artifact: ArtifactOutput },
): Promise<void> {
  const { endpointName, endpointConfigName } = planned;
  const deployed = {
    ...ports.deploymentTarget,
    describe: async () => {
      const now = (await ports.deploymentTarget.describe(endpointName)) ?? NEW_ENDPOINT;
      return { ...now, endpointConfigName, pendingEndpointConfigName: null };
    },
  };
  try {
    const { retainedReleases } = stack.settings;
    await retireSuperseded(
      { ...ports, deploymentTarget: deployed },
      stack.stackName,
      retainedReleases,
    )({
      ...{ plan: planned, lease, artifact, scaling: null },
    });
  } catch (error) {
    notes.removed.length = 0;
    note(notes, error);
  }
}
