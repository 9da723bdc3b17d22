// The rollout, top to bottom: what happens, in which order, and where each failure leads.
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { StateKey, StepName } from './contract/steps.ts';
import { initialState } from './initial-state.ts';
import { path, taskState } from './task-state.ts';

export function rolloutDefinition(scope: Construct, functions: Record<StepName, IFunction>): sfn.IChainable {
  const task = (step: StepName, next: sfn.IChainable, errorKey: StateKey = 'failure') =>
    taskState(scope, step, functions[step], { next, errorKey });
  const pass = (name: string, from: string, to: StateKey) =>
    new sfn.Pass(scope, name, { inputPath: from, resultPath: path(to) });
  const keepFailure = (name: string, of: StateKey) => pass(name, `${path(of)}.failure`, 'failure');
  const is = (variable: string, value: string) => sfn.Condition.stringEquals(variable, value);
  const choice = (name: string) => new sfn.Choice(scope, name);
  /** Asks a task again after a wait, until its verdict is another than `waiting`. */
  const circle = (asked: sfn.TaskStateBase, wait: string, key: StateKey, verdict: sfn.Choice, waiting = 'waiting') => {
    const time = sfn.WaitTime.secondsPath(`${path(key)}.waitSeconds`);
    verdict.when(is(`${path(key)}.verdict`, waiting), new sfn.Wait(scope, wait, { time }).next(asked));
    return verdict;
  };

  // The end. An outcome that cannot be recorded must not hide why the rollout failed.
  const recordOutcome = task(
    'RecordOutcome',
    choice('FailedBeforeRecording?')
      .when(sfn.Condition.isNull(path('failure')), new sfn.Fail(scope, 'OutcomeNotRecorded', notRecorded))
      .otherwise(
        new sfn.Fail(scope, 'FailedUnrecorded', { errorPath: '$.failure.Error', causePath: '$.failure.Cause' }),
      ),
    'recordingFailure',
  );
  recordOutcome.next(
    choice('Succeeded?')
      .when(
        sfn.Condition.booleanEquals('$.outcome.succeeded', true),
        new sfn.Succeed(scope, 'Succeeded', { outputPath: path('outcome') }),
      )
      .otherwise(new sfn.Fail(scope, 'Failed', { errorPath: '$.outcome.error', causePath: '$.outcome.cause' })),
  );

  // The way back, a circle of acting and looking until nothing of the rollout is left.
  const rollBack = task('RollBack', recordOutcome, 'rollbackFailure');
  const checkRollback = task('CheckRollback', recordOutcome, 'rollbackFailure');
  const isRolledBack = circle(checkRollback, 'WaitForRollback', 'rollback', choice('RolledBack?'))
    .when(is('$.rollback.verdict', 'act'), rollBack)
    .otherwise(recordOutcome);
  rollBack.next(isRolledBack);
  checkRollback.next(isRolledBack);

  // The live endpoint.
  const retireSuperseded = task('RetireSuperseded', recordOutcome, 'retentionFailure');
  retireSuperseded.next(recordOutcome);
  const runCanary = task('RunCanary', rollBack);
  runCanary.next(
    choice('CanaryPassed?')
      .when(is('$.canaryInvocations.verdict', 'passed'), retireSuperseded)
      .otherwise(keepFailure('CanaryFailed', 'canaryInvocations').next(rollBack)),
  );
  const registerScaling = task('RegisterScaling', rollBack);
  registerScaling.next(runCanary);
  const judgeFleet = task('JudgeFleet', rollBack);
  judgeFleet.next(
    choice('FleetPassed?')
      .when(is('$.fleet.verdict', 'passed'), task('DeleteAlarms', rollBack).next(registerScaling))
      .otherwise(keepFailure('FleetFailed', 'fleet').next(rollBack)),
  );
  const checkEndpoint = task('CheckEndpoint', rollBack);
  const sendGoldenTraffic = task('SendGoldenTraffic', rollBack);
  const waitForEndpoint = new sfn.Wait(scope, 'WaitForEndpoint', {
    time: sfn.WaitTime.secondsPath('$.deployment.waitSeconds'),
  });
  sendGoldenTraffic.next(waitForEndpoint).next(checkEndpoint);
  const isGuarded = sfn.Condition.booleanEquals('$.plan.guarded', true);
  const trafficMoves = sfn.Condition.booleanEquals('$.deployment.trafficMoves', true);
  const isUnderWay = is('$.deployment.verdict', 'inProgress');
  const isInService = choice('InService?')
    .when(sfn.Condition.and(isUnderWay, isGuarded, trafficMoves), sendGoldenTraffic)
    .when(isUnderWay, waitForEndpoint)
    .when(sfn.Condition.and(is('$.deployment.verdict', 'inService'), isGuarded), judgeFleet)
    .when(is('$.deployment.verdict', 'inService'), registerScaling)
    .otherwise(keepFailure('DeploymentFailed', 'deployment').next(rollBack));
  checkEndpoint.next(isInService);
  const deployEndpoint = task('DeployEndpoint', rollBack);
  deployEndpoint.next(isInService);
  const toLiveEndpoint = choice('AlarmsNeeded?')
    .when(isGuarded, task('CreateAlarms', rollBack).next(deployEndpoint))
    .otherwise(deployEndpoint);

  // The candidate: verified, and gone again, before the live endpoint is touched.
  const deleteCandidate = task('DeleteCandidate', rollBack);
  deleteCandidate.next(
    circle(deleteCandidate, 'WaitForCandidateDeletion', 'candidateRemoval', choice('CandidateDeleted?')).otherwise(
      toLiveEndpoint,
    ),
  );
  const verifyCandidate = task('VerifyCandidate', rollBack);
  verifyCandidate.next(
    choice('CandidatePassed?')
      .when(is('$.candidateCanaryInvocations.verdict', 'passed'), deleteCandidate)
      .otherwise(keepFailure('CandidateRefused', 'candidateCanaryInvocations').next(rollBack)),
  );
  const checkCandidate = task('CheckCandidate', rollBack);
  const isCandidateInService = choice('CandidateInService?');
  circle(checkCandidate, 'WaitForCandidate', 'candidate', isCandidateInService, 'inProgress')
    .when(is('$.candidate.verdict', 'inService'), verifyCandidate)
    .otherwise(keepFailure('CandidateFailed', 'candidate').next(rollBack));
  checkCandidate.next(isCandidateInService);

  // What the plan needs, made.
  const makeAndDeploy = task('CreateModel', rollBack)
    .next(task('CreateEndpointConfig', rollBack))
    .next(
      choice('CandidateNeeded?')
        .when(sfn.Condition.isNull('$.plan.candidate'), toLiveEndpoint)
        .otherwise(task('DeployCandidate', rollBack).next(isCandidateInService)),
    );

  // Alone with the endpoint.
  const resolveRequest = task('ResolveRequest', recordOutcome);
  const planRollout = task('PlanRollout', recordOutcome);
  planRollout.next(
    circle(planRollout, 'WaitForIdleEndpoint', 'plan', choice('Planned?'), 'wait')
      .when(is('$.plan.verdict', 'proceed'), makeAndDeploy)
      .when(is('$.plan.verdict', 'unchanged'), runCanary)
      .when(is('$.plan.verdict', 'outdated'), resolveRequest)
      .when(is('$.plan.verdict', 'recover'), keepFailure('RolloutStopped', 'lease').next(rollBack))
      .otherwise(keepFailure('PlanRejected', 'plan').next(recordOutcome)),
  );
  const retireEndpoint = task('RetireEndpoint', recordOutcome);
  retireEndpoint.next(
    circle(retireEndpoint, 'WaitForRetirement', 'retirement', choice('Retired?'))
      .when(is('$.retirement.verdict', 'retired'), recordOutcome)
      .otherwise(keepFailure('RetirementFailed', 'retirement').next(recordOutcome)),
  );

  // The beginning, which makes nothing at SageMaker.
  const leaseEndpoint = task('LeaseEndpoint', recordOutcome);
  leaseEndpoint.next(
    circle(leaseEndpoint, 'WaitForLease', 'lease', choice('Leased?'))
      .when(is('$.lease.verdict', 'granted'), planRollout)
      .when(is('$.lease.verdict', 'recover'), planRollout)
      .when(is('$.lease.verdict', 'outdated'), resolveRequest)
      .when(is('$.lease.verdict', 'retire'), retireEndpoint)
      .otherwise(keepFailure('NotLeased', 'lease').next(recordOutcome)),
  );
  resolveRequest
    .next(new sfn.Pass(scope, 'ForgetTrigger', { result: sfn.Result.fromObject({}), resultPath: path('trigger') }))
    .next(task('InspectArtifact', recordOutcome))
    .next(
      choice('ArtifactAccepted?')
        .when(is('$.artifact.verdict', 'accepted'), leaseEndpoint)
        .otherwise(keepFailure('ArtifactRejected', 'artifact').next(recordOutcome)),
    );
  // A CustomState, because CDK's Pass drops the nulls.
  return new sfn.CustomState(scope, 'ReceiveTrigger', {
    stateJson: { Type: 'Pass', Parameters: initialState() },
  }).next(resolveRequest);
}

const notRecorded = {
  error: 'OutcomeNotRecorded',
  cause:
    'The rollout itself went through, but its outcome could not be written down: see the error of RecordOutcome in this execution.',
};
