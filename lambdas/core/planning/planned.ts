// What PlanRollout says of a plan: the names that the machine needs, and a reference to all the rest.
import type { Planned, PlanOutput } from '../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { bakes } from '../guardrails/traffic-steps.ts';

export function planned(content: Plan, verdict: Planned['verdict'], document: Planned['document']): Planned {
  const { candidate } = content;
  return {
    verdict,
    endpointName: content.endpointName,
    operation: content.operation,
    modelNames: content.models.map(({ name }) => name),
    endpointConfigName: content.endpointConfig.name,
    previousEndpointConfigName: content.before?.endpointConfigName ?? null,
    candidate: candidate && {
      endpointName: candidate.endpointName,
      endpointConfigName: candidate.endpointConfig.name,
    },
    guarded: content.operation === 'update' && bakes(content.strategy),
    document,
  };
}

/** Null where there is no problem. */
export function rejectedFor(problems: Problem[]): PlanOutput | null {
  if (problems.length === 0) return null;
  const Cause = problems.map(({ where, message }) => `${where}: ${message}`).join(' ');
  return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause }, problems };
}
