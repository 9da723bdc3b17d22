// The live endpoint gets its scaling, and has to answer.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { type States, verdictIs } from '../states.ts';

interface Exits {
  readonly next: IChainable;
  readonly rollBack: IChainable;
}

export function verifyFragment({ task, choice, wait, lookAfter, keepFailure, onAnyFailure }: States) {
  const registerScaling = task('RegisterScaling');
  const runCanary = task('RunCanary');
  const canaryPassed = choice('CanaryPassed?');
  const waitForCanary = wait('WaitForCanary');
  const canaryFailed = keepFailure('CanaryFailed', 'canaryInvocations');

  return {
    start: registerScaling,
    /** For an endpoint that is as it should be already: it is only asked. */
    runCanary,

    join({ next, rollBack }: Exits): void {
      registerScaling.next(runCanary).next(canaryPassed);
      canaryPassed
        .when(verdictIs('canaryInvocations', 'waiting'), lookAfter(waitForCanary, runCanary))
        .when(verdictIs('canaryInvocations', 'passed'), next)
        .otherwise(canaryFailed.next(rollBack));

      onAnyFailure(rollBack);
    },
  };
}
