// What a request asks for that an asynchronous endpoint cannot do: refused by name, with the reason.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { DEFAULT_THRESHOLDS, type ResolvedSettings } from './with-defaults.ts';

/** `settings`: the request with every default. */
export function asyncProblems({ alarms }: CheckedRequest, settings: ResolvedSettings): Problem[] {
  const { variants, hosting, strategy, dataCapture, serverlessCandidate, canaryInvocations } = settings;
  if (variants !== undefined) {
    const message =
      'An asynchronous endpoint has one variant here. Leave `variants` out, and say `hosting` of the request.';
    return variants.some((variant) => variant.hosting.type === 'async') ? [problem('variants', message)] : [];
  }
  if (hosting.type !== 'async') {
    if (alarms?.maximumOldestRequestSeconds === undefined) return [];
    const message = 'Only an asynchronous endpoint has a queue in which requests grow old. Leave it out.';
    return [problem('alarms.maximumOldestRequestSeconds', message)];
  }
  const problems: Problem[] = [];
  const refuse = (where: string, message: string) => problems.push(problem(where, message));
  // ADR 36.
  if (strategy.traffic.type !== 'allAtOnce')
    refuse(
      'strategy.type',
      'While traffic moves, both fleets work off the one queue of an asynchronous endpoint, and no answer says which of them gave it: nothing could judge the new one. Use "allAtOnce", with strategy.terminationWaitSeconds for alarms; the candidate is verified before.',
    );
  if (alarms?.maximumP99Milliseconds !== undefined)
    refuse(
      'alarms.maximumP99Milliseconds',
      'How long an answer takes says how full the queue is. Use alarms.maximumOldestRequestSeconds.',
    );
  if (dataCapture !== null)
    refuse(
      'dataCapture',
      'Whether SageMaker captures the data of asynchronous endpoints is not documented. Leave it out: requests and answers are in S3 for 30 days.',
    );
  if (serverlessCandidate !== null) refuse('candidate.type', 'A serverless endpoint has no queue. Use "instance".');
  for (const key of Object.keys(DEFAULT_THRESHOLDS) as (keyof typeof DEFAULT_THRESHOLDS)[])
    if (canaryInvocations[key] !== DEFAULT_THRESHOLDS[key])
      refuse(
        `canaryInvocations.${key}`,
        'Nothing is measured of asynchronous endpoints: how long an answer takes says how full the queue is. Leave it out.',
      );
  return problems;
}
