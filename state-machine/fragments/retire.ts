// An endpoint that is not wanted any more goes, with all that belonged to it.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { type States, verdictIs } from '../states.ts';

interface Exits {
  readonly recordOutcome: IChainable;
}

export function retireFragment({ task, choice, wait, lookAfter, keepFailure, onAnyFailure }: States) {
  const retireEndpoint = task('RetireEndpoint');
  const retired = choice('Retired?');
  const waitForRetirement = wait('WaitForRetirement');
  const retirementFailed = keepFailure('RetirementFailed', 'retirement');

  return {
    start: retireEndpoint,

    join({ recordOutcome }: Exits): void {
      retireEndpoint.next(retired);
      retired
        .when(verdictIs('retirement', 'waiting'), lookAfter(waitForRetirement, retireEndpoint))
        .when(verdictIs('retirement', 'retired'), recordOutcome)
        .otherwise(retirementFailed.next(recordOutcome));

      onAnyFailure(recordOutcome);
    },
  };
}
