// The rollout, top to bottom: what happens, in which order, and where each failure leads.
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { type StateKey, type StepName, stateSchemas } from './contract/steps.ts';
import { CONTRACT_VERSION } from './contract/version.ts';
import { path, taskState } from './task-state.ts';

export function rolloutDefinition(scope: Construct, functions: Record<StepName, IFunction>): sfn.IChainable {
  const task = (step: StepName, next: sfn.IChainable, errorKey: StateKey = 'failure') =>
    taskState(scope, step, functions[step], { next, errorKey });
  const wait = (name: string, secondsPath: string) =>
    new sfn.Wait(scope, name, { time: sfn.WaitTime.secondsPath(secondsPath) });
  const keepFailure = (name: string, of: StateKey) =>
    new sfn.Pass(scope, name, { inputPath: `${path(of)}.failure`, resultPath: path('failure') });
  const is = (variable: string, value: string) => sfn.Condition.stringEquals(variable, value);

  // The end. An outcome that cannot be recorded must not hide why the rollout failed.
  const recordOutcome = task(
    'RecordOutcome',
    new sfn.Choice(scope, 'FailedBeforeRecording?')
      .when(sfn.Condition.isNull(path('failure')), new sfn.Fail(scope, 'OutcomeNotRecorded', notRecorded))
      .otherwise(
        new sfn.Fail(scope, 'FailedUnrecorded', { errorPath: '$.failure.Error', causePath: '$.failure.Cause' }),
      ),
    'recordingFailure',
  );
  recordOutcome.next(
    new sfn.Choice(scope, 'Succeeded?')
      .when(
        sfn.Condition.booleanEquals('$.outcome.succeeded', true),
        new sfn.Succeed(scope, 'Succeeded', { outputPath: path('outcome') }),
      )
      .otherwise(new sfn.Fail(scope, 'Failed', { errorPath: '$.outcome.error', causePath: '$.outcome.cause' })),
  );

  // The way back, a circle of acting and waiting until nothing of the rollout is left.
  const rollBack = task('RollBack', recordOutcome, 'rollbackFailure');
  const waitForRollback = wait('WaitForRollback', '$.rollback.waitSeconds');
  const rollbackVerdict = new sfn.Choice(scope, 'RolledBack?')
    .when(is('$.rollback.verdict', 'waiting'), waitForRollback)
    .when(is('$.rollback.verdict', 'act'), rollBack)
    .otherwise(recordOutcome);
  rollBack.next(rollbackVerdict);
  waitForRollback.next(task('CheckRollback', recordOutcome, 'rollbackFailure')).next(rollbackVerdict);

  // The way forward, once there is something to take back.
  const runCanary = task('RunCanary', rollBack);
  runCanary.next(
    new sfn.Choice(scope, 'CanaryPassed?')
      .when(is('$.canary.verdict', 'passed'), recordOutcome)
      .otherwise(keepFailure('CanaryFailed', 'canary').next(rollBack)),
  );
  const waitForEndpoint = wait('WaitForEndpoint', '$.deployment.waitSeconds');
  const endpointVerdict = new sfn.Choice(scope, 'InService?')
    .when(is('$.deployment.verdict', 'inProgress'), waitForEndpoint)
    .when(is('$.deployment.verdict', 'inService'), task('RegisterScaling', rollBack).next(runCanary))
    .otherwise(keepFailure('DeploymentFailed', 'deployment').next(rollBack));
  waitForEndpoint.next(task('CheckEndpoint', rollBack)).next(endpointVerdict);
  const makeAndDeploy = task('CreateModel', rollBack)
    .next(task('CreateEndpointConfig', rollBack))
    .next(task('DeployEndpoint', rollBack))
    .next(endpointVerdict);

  // The beginning, which makes nothing at SageMaker.
  const planRollout = task('PlanRollout', recordOutcome);
  planRollout.next(
    new sfn.Choice(scope, 'Planned?')
      .when(is('$.plan.verdict', 'proceed'), makeAndDeploy)
      .when(is('$.plan.verdict', 'unchanged'), runCanary)
      .when(is('$.plan.verdict', 'wait'), wait('WaitForIdleEndpoint', '$.plan.waitSeconds').next(planRollout))
      .otherwise(keepFailure('PlanRejected', 'plan').next(recordOutcome)),
  );
  // A CustomState, because CDK's Pass drops the nulls.
  return new sfn.CustomState(scope, 'ReceiveTrigger', { stateJson: { Type: 'Pass', Parameters: initialState() } })
    .next(task('ResolveRequest', recordOutcome))
    .next(new sfn.Pass(scope, 'ForgetTrigger', { result: sfn.Result.fromObject({}), resultPath: path('trigger') }))
    .next(task('InspectArtifact', recordOutcome))
    .next(
      new sfn.Choice(scope, 'ArtifactAccepted?')
        .when(is('$.artifact.verdict', 'accepted'), planRollout)
        .otherwise(keepFailure('ArtifactRejected', 'artifact').next(recordOutcome)),
    );
}

/** Every key is there from the start, null until its step has run: then no path can miss. */
function initialState(): Record<string, unknown> {
  const written = Object.keys(stateSchemas).filter((key) => key !== 'execution' && key !== 'trigger');
  return {
    ...Object.fromEntries(written.map((key) => [key, null])),
    contractVersion: CONTRACT_VERSION,
    execution: {
      'id.$': '$$.Execution.Id',
      'name.$': '$$.Execution.Name',
      'startedAt.$': '$$.Execution.StartTime',
    },
    'trigger.$': '$',
  };
}

const notRecorded = {
  error: 'OutcomeNotRecorded',
  cause:
    'The rollout itself went through, but its outcome could not be written down: see the error of RecordOutcome in this execution.',
};
