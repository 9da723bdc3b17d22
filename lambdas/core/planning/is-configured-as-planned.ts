// Whether an endpoint that serves with the intended configuration has the intended tags and scaling too.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import { scalingBefore } from '../../../state-machine/contract/scaling-target.ts';
import { tagChange } from '../naming/tag-change.ts';
import { isScaledAs } from '../scaling/scaling-change.ts';

export const isConfiguredAsPlanned = ({ operation, before, request, scalingTargets }: Plan): boolean =>
  operation === 'configure' &&
  before !== null &&
  tagChange(request.tags, before.tags) === null &&
  scalingTargets.every((target) => isScaledAs(target.tracking, scalingBefore(before, target)));
