// What PlanRollout says of a plan: the names that the machine needs, and a reference to all the rest.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import type { Planned, PlanOutput } from '../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { paceText } from '../guardrails/pace-text.ts';
import { bakes } from '../guardrails/traffic-steps.ts';
import { fleetSizes, smallestFleet } from '../hosting/fleet-sizes.ts';
import { hostingKindOf, hostingTypeOf } from '../hosting/hosting-types.ts';
import { problem } from '../problems/problems.ts';
import { waitsOf } from '../weights/weight-steps.ts';
import { weightsPaceText } from '../weights/weights-pace-text.ts';

export function planned(content: Plan, verdict: Planned['verdict'], document: Planned['document']): Planned {
  const { candidate, operation, strategy, endpointConfig, before, alarms, weightSteps: steps = [] } = content;
  const waits = operation === 'update' && bakes(strategy);
  // Nobody can tell which fleet works off a queue: alarms watch it, and golden answers come afterwards.
  const guarded = waits && hostingTypeOf(hostingKindOf(content.request)).probe === 'sync';
  const fleet = smallestFleet(fleetSizes(endpointConfig.variants, before?.variants ?? []));
  const paces = [operation === 'update' ? paceText(strategy, fleet) : null, weightsPaceText(steps)].filter(
    (pace) => pace !== null,
  );
  return {
    verdict,
    endpointName: content.endpointName,
    operation,
    modelNames: content.models.map(({ name }) => name),
    endpointConfigName: endpointConfig.name,
    previousEndpointConfigName: before?.endpointConfigName ?? null,
    candidate: candidate && {
      endpointName: candidate.endpointName,
      endpointConfigName: candidate.endpointConfig.name,
    },
    guarded,
    shiftsWeights: steps.length > 0,
    watched: waits || (alarms !== null && waitsOf(steps) > 0),
    pace: paces.length > 0 ? paces.join('; then ') : null,
    document,
  };
}

/** Of an endpoint to which nothing can be rolled out: told where every other problem of a rejection is. */
export const endpointProblems = ({ Error: name, Cause }: Failure): Problem[] =>
  name === 'RequestRejected' ? [problem('endpointName', Cause)] : [];

/** Null where there is no problem. */
export function rejectedFor(problems: Problem[]): PlanOutput | null {
  if (problems.length === 0) return null;
  const Cause = problems.map(({ where, message }) => `${where}: ${message}`).join(' ');
  return { verdict: 'rejected', failure: { Error: 'RequestRejected', Cause }, problems };
}
