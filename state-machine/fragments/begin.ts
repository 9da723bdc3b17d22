// The beginning: what is wanted, whether it is acceptable, whose turn it is, and what to do. It makes nothing at SageMaker.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { and, isThere, type States, verdictIs } from '../states.ts';

interface Exits {
  /** There is something to make. */
  readonly proceed: IChainable;
  /** The endpoint serves exactly this already. */
  readonly unchanged: IChainable;
  readonly retire: IChainable;
  readonly rollBack: IChainable;
  readonly recordOutcome: IChainable;
}

export function beginFragment({ receive, task, forget, choice, wait, keepFailure, onAnyFailure, ...more }: States) {
  const receiveTrigger = receive('ReceiveTrigger');
  const resolveRequest = task('ResolveRequest');
  const forgetTrigger = forget('ForgetTrigger', 'trigger');
  const inspectArtifact = task('InspectArtifact');
  const artifactAccepted = choice('ArtifactAccepted?');
  const artifactRejected = keepFailure('ArtifactRejected', 'artifact');

  const tryModel = more.dispensable('TryModel');
  const modelTried = choice('ModelTried?');
  const modelRejected = keepFailure('ModelRejected', 'trial');

  const leaseEndpoint = task('LeaseEndpoint');
  const leased = choice('Leased?');
  const waitForLease = wait('WaitForLease');
  const notLeased = keepFailure('NotLeased', 'lease');

  const planRollout = task('PlanRollout');
  const planned = choice('Planned?');
  const waitForIdleEndpoint = wait('WaitForIdleEndpoint');
  const rolloutStopped = keepFailure('RolloutStopped', 'lease');
  const planRejected = keepFailure('PlanRejected', 'plan');

  return {
    start: receiveTrigger,

    join({ proceed, unchanged, retire, rollBack, recordOutcome }: Exits): void {
      receiveTrigger.next(resolveRequest).next(forgetTrigger).next(inspectArtifact).next(artifactAccepted);
      artifactAccepted
        .when(and(verdictIs('artifact', 'accepted'), isThere('artifact', 'trials')), tryModel)
        .when(verdictIs('artifact', 'accepted'), leaseEndpoint)
        .otherwise(artifactRejected.next(recordOutcome));

      more.onFailure(tryModel, leaseEndpoint, 'trialFailure');
      tryModel.next(modelTried);
      modelTried.when(verdictIs('trial', 'rejected'), modelRejected.next(recordOutcome)).otherwise(leaseEndpoint);

      leaseEndpoint.next(leased);
      leased
        .when(verdictIs('lease', 'waiting'), more.lookAfter(waitForLease, leaseEndpoint))
        .when(verdictIs('lease', 'granted'), planRollout)
        .when(verdictIs('lease', 'recover'), planRollout)
        .when(verdictIs('lease', 'outdated'), resolveRequest)
        .when(verdictIs('lease', 'retire'), retire)
        .otherwise(notLeased.next(recordOutcome));

      planRollout.next(planned);
      planned
        .when(verdictIs('plan', 'wait'), more.lookAfter(waitForIdleEndpoint, planRollout))
        .when(verdictIs('plan', 'proceed'), proceed)
        .when(verdictIs('plan', 'unchanged'), unchanged)
        .when(verdictIs('plan', 'outdated'), resolveRequest)
        .when(verdictIs('plan', 'recover'), rolloutStopped.next(rollBack))
        .otherwise(planRejected.next(recordOutcome));

      onAnyFailure(recordOutcome);
    },
  };
}
