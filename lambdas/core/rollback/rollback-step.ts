// What the endpoint needs during the rollback: decided from what is there now, so that it may be asked any number of times.
import type { Rollback } from '../../../state-machine/contract/outputs.ts';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';
import { isBusy } from '../endpoint/endpoint-status.ts';
import { ROLLOUT_TAG } from '../naming/ownership-tags.ts';
import { type Adjustment, adjustmentText } from '../weights/next-adjustment.ts';
import { sameWeights, weightsOf } from '../weights/shares.ts';
import { adjustmentBack, betweenName, concurrencyBack } from './way-back.ts';

/** SageMaker may fail to go back as it failed to go forward: after this many times a person has to look. */
const MAXIMUM_UPDATE_ATTEMPTS = 3;
/** Each of ten variants may need room, then there are the weights, then each may have too much: and some of it twice. */
const MAXIMUM_ADJUSTMENTS = 30;

export type RollbackStep =
  /** SageMaker refuses changes at the moment. */
  | { step: 'wait' }
  /** This rollout made the endpoint: it goes, its scaling first. */
  | { step: 'delete' }
  /** Weights, or counts that they needed, are not as they were. */
  | { step: 'adjust'; adjustment: Adjustment }
  /** The update had gone through: back to the previous configuration. */
  | { step: 'restore' }
  /** The endpoint is as it was (or not there, as it was): what else this rollout made can go. */
  | { step: 'settled' }
  /** Not ours to touch, or beyond us. */
  | { step: 'leave'; left: string };

/** `isUntouched`: nothing was ever asked of the live endpoint, so that it is as others have made it. */
export function rollbackStep(
  plan: Plan,
  endpoint: EndpointDescription | null,
  tags: Record<string, string>,
  { updateAttempts, adjustments = 0 }: Pick<Rollback, 'updateAttempts' | 'adjustments'>,
  isUntouched = false,
): RollbackStep {
  const { before, endpointName } = plan;
  if (endpoint === null) {
    if (before === null) return { step: 'settled' };
    return leave(
      `The endpoint ${endpointName} was deleted by somebody else. Its configuration was ${before.endpointConfigName}.`,
    );
  }
  if (before === null) {
    if (tags[ROLLOUT_TAG] !== plan.rolloutId) {
      return leave(`The endpoint ${endpointName} exists, but this rollout did not make it: it was not touched.`);
    }
    if (endpoint.endpointConfigName !== plan.endpointConfig.name) {
      return leave(
        `The endpoint ${endpointName}, made by this rollout, was put on the configuration ${endpoint.endpointConfigName} by somebody else: it was not touched.`,
      );
    }
    return isBusy(endpoint) ? { step: 'wait' } : { step: 'delete' };
  }
  if (isBusy(endpoint) || endpoint.pendingEndpointConfigName !== null) return { step: 'wait' };
  if (endpoint.status !== 'InService') {
    // Failed allows nothing but deletion, and an update that fails never deletes an endpoint.
    return leave(
      `The endpoint ${endpointName} is ${endpoint.status}. Bring it back to the configuration ${before.endpointConfigName} by hand.`,
    );
  }
  const isBack = endpoint.endpointConfigName === before.endpointConfigName;
  const isOurs = [plan.endpointConfig.name, betweenName(plan)].includes(endpoint.endpointConfigName);
  const concurrency = isBack && !isUntouched ? concurrencyBack(plan, endpoint) : null;
  const adjustment = isBack || isOurs ? (adjustmentBack(plan, endpoint) ?? concurrency) : null;
  if (adjustment !== null && adjustments < MAXIMUM_ADJUSTMENTS) return { step: 'adjust', adjustment };
  if (adjustment !== null) {
    const text = `The endpoint ${endpointName} has not the weights, instances and concurrency that it had, and SageMaker did not give them back in ${adjustments} attempts. Set them by hand: ${adjustmentText(adjustment)}.`;
    return leave(text);
  }
  if (isBack) return { step: 'settled' };
  if (!isOurs) {
    return leave(
      `The endpoint ${endpointName} was put on the configuration ${endpoint.endpointConfigName} by somebody else: it was not touched.`,
    );
  }
  if (updateAttempts >= MAXIMUM_UPDATE_ATTEMPTS) {
    return leave(
      `The endpoint ${endpointName} still serves with ${endpoint.endpointConfigName}: SageMaker did not take it back to ${before.endpointConfigName} in ${updateAttempts} attempts` +
        `${endpoint.failureReason ? ` (${endpoint.failureReason})` : ''}. Update it by hand.`,
    );
  }
  return { step: 'restore' };
}

/** Whether this look shows that what the rollout asked for has taken effect, or once had: a later "as before" is no stale read. */
export function showsChange(
  { operation, before, endpointConfig }: Plan,
  endpoint: EndpointDescription | null,
): boolean {
  if (endpoint === null) return false;
  if (before === null) return true;
  // Of an endpoint that stays on its configuration the weights alone may change.
  if (operation === 'configure')
    return isBusy(endpoint) || !sameWeights(weightsOf(endpoint.variants), weightsOf(before.variants));
  return [endpoint.endpointConfigName, endpoint.pendingEndpointConfigName].includes(endpointConfig.name);
}

const leave = (left: string): RollbackStep => ({ step: 'leave', left });
