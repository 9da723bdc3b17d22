// Whether an endpoint that serves with the intended configuration has the intended weights, tags and scaling too, and no setting changes:
// one that shows nowhere at SageMaker, such as a strategy, is for the next rollout, which finds it with a release.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import { tagChange } from '../naming/tag-change.ts';
import { isScaledAs } from '../scaling/scaling-change.ts';

export const isConfiguredAsPlanned = (
  { operation, before, request, scalingTargets, settingChanges, weightSteps }: Plan,
  now: Date,
): boolean =>
  operation === 'configure' &&
  before !== null &&
  (settingChanges ?? []).length === 0 &&
  (weightSteps ?? []).length === 0 &&
  tagChange(request.tags, before.tags) === null &&
  scalingTargets.every((target) => isScaledAs(target.tracking, scalingBefore(before, target), now));
