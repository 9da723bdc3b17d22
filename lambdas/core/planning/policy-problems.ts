// What Application Auto Scaling would not take of the policies of a target, or could not give back of those that people made.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import { problem } from '../problems/problems.ts';
import { isOwnPolicy, isReplaced } from '../scaling/scaling-change.ts';

/** https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-limits.html */
const MAXIMUM_POLICIES = 50;

export const policyProblems = ({ scalingTargets, before }: Plan): Problem[] =>
  scalingTargets.flatMap((target): Problem[] => {
    const { resourceId, tracking, suspended } = target;
    const found = scalingBefore(before, target)?.policies ?? [];
    // A policy that is made again has another ARN, and an alarm fires what its actions name.
    const lost = found.filter(({ firedBy }) => firedBy !== undefined);
    const isTakenOff = suspended || tracking === null;
    if (isTakenOff && lost.length > 0) return lost.map((policy) => notTakenOff(resourceId, policy));
    if (tracking === null) return [];
    const stay = found.filter((policy) => !isOwnPolicy(policy) && !isReplaced(policy, tracking));
    const count = 1 + (tracking.steps ?? []).length + stay.length;
    if (count <= MAXIMUM_POLICIES) return [];
    const message = `${resourceId} would have ${count} scaling policies, ${stay.length} of them made by somebody else. Application Auto Scaling takes ${MAXIMUM_POLICIES}.`;
    return [problem('scaling.steps', message)];
  });

const notTakenOff = (resourceId: string, { name, firedBy = [] }: { name: string; firedBy?: string[] }): Problem =>
  problem(
    `scaling of ${resourceId}: ${name}`,
    `The step policy ${name} is fired by ${firedBy.join(', ')}, and this stack made neither. This rollout takes the scaling off, and a policy that is put back has another ARN, which the alarm would not know. Delete both first, and ask for them as scaling.steps.`,
  );
