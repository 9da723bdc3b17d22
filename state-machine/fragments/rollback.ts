// The rollback: acting and looking in turn, until nothing of the rollout is left.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { type States, verdictIs } from '../states.ts';

interface Exits {
  readonly recordOutcome: IChainable;
}

export function rollbackFragment({ task, choice, wait, lookAfter, onAnyFailure }: States) {
  const rollBack = task('RollBack');
  const rolledBack = choice('RolledBack?');
  const waitForRollback = wait('WaitForRollback');
  const checkRollback = task('CheckRollback');

  return {
    start: rollBack,

    join({ recordOutcome }: Exits): void {
      rollBack.next(rolledBack);
      rolledBack
        .when(verdictIs('rollback', 'waiting'), lookAfter(waitForRollback, checkRollback))
        .when(verdictIs('rollback', 'act'), rollBack)
        .otherwise(recordOutcome);
      checkRollback.next(rolledBack);

      // The failure that led here is the rollout's, and stays.
      onAnyFailure(recordOutcome, 'rollbackFailure');
    },
  };
}
