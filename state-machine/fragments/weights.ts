// Shares of the traffic move between the variants of the live endpoint, where its plan says so; then the alarms go.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { and, isNull, isTrue, isTrueIfThere, type States, verdictIs } from '../states.ts';

interface Exits {
  readonly next: IChainable;
  readonly rollBack: IChainable;
}

export function weightsFragment({ task, choice, wait, lookAfter, keepFailure, onAnyFailure }: States) {
  const weightsToShift = choice('WeightsToShift?');
  const shiftWeights = task('ShiftWeights');
  const weightsShifted = choice('WeightsShifted?');
  const sendVariantTraffic = task('SendVariantTraffic');
  const waitForWeights = wait('WaitForWeights');
  const weightsFailed = keepFailure('WeightsFailed', 'weights');

  const alarmsMade = choice('AlarmsMade?');
  const deleteAlarms = task('DeleteAlarms');

  const isUnderWay = verdictIs('weights', 'waiting');

  return {
    start: weightsToShift,

    join({ next, rollBack }: Exits): void {
      weightsToShift.when(isTrueIfThere('plan', 'shiftsWeights'), shiftWeights).otherwise(alarmsMade);

      shiftWeights.next(weightsShifted);
      weightsShifted
        .when(and(isUnderWay, isTrue('weights', 'sendsTraffic')), sendVariantTraffic)
        .when(isUnderWay, lookAfter(waitForWeights, shiftWeights))
        .when(verdictIs('weights', 'shifted'), alarmsMade)
        .otherwise(weightsFailed.next(rollBack));
      sendVariantTraffic.next(waitForWeights);

      alarmsMade.when(isNull('alarms'), next).otherwise(deleteAlarms);
      deleteAlarms.next(next);

      onAnyFailure(rollBack);
    },
  };
}
