// The live endpoint is created or updated, under alarms and golden traffic where its plan is guarded.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { and, isTrue, isTrueIfThere, type States, verdictIs } from '../states.ts';

interface Exits {
  readonly next: IChainable;
  readonly rollBack: IChainable;
}

export function updateFragment({ task, choice, wait, lookAfter, keepFailure, onAnyFailure }: States) {
  const alarmsNeeded = choice('AlarmsNeeded?');
  const createAlarms = task('CreateAlarms');

  const deployEndpoint = task('DeployEndpoint');
  const inService = choice('InService?');
  const sendGoldenTraffic = task('SendGoldenTraffic');
  const waitForEndpoint = wait('WaitForEndpoint');
  const checkEndpoint = task('CheckEndpoint');
  const deploymentFailed = keepFailure('DeploymentFailed', 'deployment');

  const judgeFleet = task('JudgeFleet');
  const fleetPassed = choice('FleetPassed?');
  const fleetFailed = keepFailure('FleetFailed', 'fleet');

  const guarded = isTrue('plan', 'guarded');
  const trafficMoves = isTrue('deployment', 'trafficMoves');
  const isUnderWay = verdictIs('deployment', 'inProgress');
  const isInService = verdictIs('deployment', 'inService');

  return {
    start: alarmsNeeded,

    join({ next, rollBack }: Exits): void {
      alarmsNeeded
        .when(guarded, createAlarms)
        .when(isTrueIfThere('plan', 'watched'), createAlarms)
        .otherwise(deployEndpoint);
      createAlarms.next(deployEndpoint);

      deployEndpoint.next(inService);
      inService
        .when(and(isUnderWay, guarded, trafficMoves), sendGoldenTraffic)
        .when(isUnderWay, lookAfter(waitForEndpoint, checkEndpoint))
        .when(and(isInService, guarded), judgeFleet)
        .when(isInService, next)
        .otherwise(deploymentFailed.next(rollBack));
      sendGoldenTraffic.next(checkEndpoint);
      checkEndpoint.next(inService);

      judgeFleet.next(fleetPassed);
      fleetPassed.when(verdictIs('fleet', 'passed'), next).otherwise(fleetFailed.next(rollBack));

      onAnyFailure(rollBack);
    },
  };
}
