// What the plan needs is made, and an update is verified on a candidate, which is gone again before the live endpoint is touched.
import type { IChainable } from 'aws-cdk-lib/aws-stepfunctions';
import { isNull, type States, verdictIs } from '../states.ts';

interface Exits {
  readonly next: IChainable;
  readonly rollBack: IChainable;
}

export function candidateFragment({ task, choice, wait, lookAfter, keepFailure, onAnyFailure }: States) {
  const createModel = task('CreateModel');
  const createEndpointConfig = task('CreateEndpointConfig');
  const candidateNeeded = choice('CandidateNeeded?');

  const deployCandidate = task('DeployCandidate');
  const candidateInService = choice('CandidateInService?');
  const waitForCandidate = wait('WaitForCandidate');
  const checkCandidate = task('CheckCandidate');
  const candidateFailed = keepFailure('CandidateFailed', 'candidate');

  const verifyCandidate = task('VerifyCandidate');
  const candidatePassed = choice('CandidatePassed?');
  const waitForCandidateAnswers = wait('WaitForCandidateAnswers');
  const candidateRefused = keepFailure('CandidateRefused', 'candidateCanaryInvocations');

  const deleteCandidate = task('DeleteCandidate');
  const candidateDeleted = choice('CandidateDeleted?');
  const waitForCandidateDeletion = wait('WaitForCandidateDeletion');

  return {
    start: createModel,

    join({ next, rollBack }: Exits): void {
      createModel.next(createEndpointConfig).next(candidateNeeded);
      candidateNeeded.when(isNull('plan', 'candidate'), next).otherwise(deployCandidate);

      deployCandidate.next(candidateInService);
      candidateInService
        .when(verdictIs('candidate', 'inProgress'), lookAfter(waitForCandidate, checkCandidate))
        .when(verdictIs('candidate', 'inService'), verifyCandidate)
        .otherwise(candidateFailed.next(rollBack));
      checkCandidate.next(candidateInService);

      verifyCandidate.next(candidatePassed);
      candidatePassed
        .when(verdictIs('candidateCanaryInvocations', 'waiting'), lookAfter(waitForCandidateAnswers, verifyCandidate))
        .when(verdictIs('candidateCanaryInvocations', 'passed'), deleteCandidate)
        .otherwise(candidateRefused.next(rollBack));

      deleteCandidate.next(candidateDeleted);
      candidateDeleted
        .when(verdictIs('candidateRemoval', 'waiting'), lookAfter(waitForCandidateDeletion, deleteCandidate))
        .otherwise(next);

      onAnyFailure(rollBack);
    },
  };
}
