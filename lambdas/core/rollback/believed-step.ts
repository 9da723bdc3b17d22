// Whether a step that ends the rollback is believed: what DescribeEndpoint says may be stale.
import type { Rollback } from '../../../state-machine/contract/outputs.ts';
import { polledAgain, type UnchangedPolls } from '../endpoint/confirm-unchanged.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import type { RollbackStep } from './rollback-step.ts';

export type BelievedStep =
  | Exclude<RollbackStep, { step: 'settled' | 'leave' }>
  /** Not believed yet: look again, with these looks counted. */
  | { step: 'lookAgain'; looks: UnchangedPolls }
  | { step: 'settled' }
  /** `removesOwn`: what this rollout made can go, and only the endpoint itself is left as it is. */
  | { step: 'leave'; left: string; removesOwn: boolean };

/** `progress` with this look's `changeSeen`; `isUntouched`: nothing was asked of the live endpoint. */
export function believedStep(
  next: RollbackStep,
  endpoint: EndpointDescription | null,
  progress: Rollback,
  isUntouched: boolean,
  now: Date,
): BelievedStep {
  if (next.step !== 'settled' && next.step !== 'leave') return next;
  const looks = isCertain(next.step, endpoint, progress, isUntouched) ? null : polledAgain(progress, now);
  if (looks !== null) return { step: 'lookAgain', looks };
  if (next.step === 'settled') return next;
  // What is not in service may be on a mix of configurations: then nothing of them goes.
  return { ...next, removesOwn: endpoint === null || endpoint.status === 'InService' };
}

function isCertain(
  step: 'settled' | 'leave',
  endpoint: EndpointDescription | null,
  { changeSeen, done }: Rollback,
  isUntouched: boolean,
): boolean {
  // Gone, it would need nothing any more; not seen, it needs its configuration.
  if (step === 'leave') return endpoint !== null;
  // An endpoint that was seen and is not found any more may be there all the same, unless it was deleted here.
  return changeSeen && (endpoint !== null || isUntouched || done.length > 0);
}
