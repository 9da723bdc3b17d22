// Whether a live endpoint can be updated without a loss, and what its owner is told.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { bounded, problem } from '../problems/problems.ts';

export interface LiveFindings {
  readonly endpointName: string;
  /** Its configuration was made by a rollout of this stack: what the tables of defaults do not know is their mistake. */
  readonly isOurs: boolean;
  /** Why an endpoint like this is not updated at all. */
  readonly whyNot: string | null;
  /** What is set, or not known, and would be gone. */
  readonly uncarried: readonly Problem[];
  /** Of the request, together with what the endpoint keeps. */
  readonly problems: readonly Problem[];
}

export interface LiveJudgement {
  readonly refusal: { failure: Failure; problems: Problem[] } | null;
  readonly warnings: string[];
}

export function judgeLiveConfiguration({
  endpointName,
  isOurs,
  whyNot,
  uncarried,
  problems: found,
}: LiveFindings): LiveJudgement {
  const told = bounded(uncarried);
  const own = bounded(found);
  const sentences = told.map(({ where, message }) => `${where}: ${message}`);
  const lost = isOurs ? [] : told;
  if (whyNot === null && lost.length + own.length === 0) return { refusal: null, warnings: sentences };
  const problems = [...(whyNot === null ? [] : [problem(`endpoint ${endpointName}`, whyNot)]), ...lost, ...own];
  const why = `The endpoint ${endpointName} serves with something else than a rollout made, and an update would not keep all of it.`;
  const Cause = [
    ...(whyNot === null ? [] : [whyNot]),
    ...(lost.length === 0 ? [] : [why, ...sentences]),
    ...own.map(({ where, message }) => `${where}: ${message}`),
  ].join(' ');
  return { refusal: { failure: { Error: 'RequestRejected', Cause }, problems: bounded(problems) }, warnings: [] };
}
