// The end: what older releases left goes, the outcome is recorded, and the execution ends as the outcome says.
import { isNull, isTrue, type States } from '../states.ts';

export function endFragment({ task, choice, succeed, fail, failWith, onFailure }: States) {
  const retireSuperseded = task('RetireSuperseded');

  const recordOutcome = task('RecordOutcome');
  const succeeded = choice('Succeeded?');
  const success = succeed('Succeeded', 'outcome');
  const failure = failWith('Failed', { output: 'outcome', error: 'error', cause: 'cause' });

  const failedBeforeRecording = choice('FailedBeforeRecording?');
  const outcomeNotRecorded = fail(
    'OutcomeNotRecorded',
    'OutcomeNotRecorded',
    'The rollout itself went through, but its outcome could not be written down: see the error of RecordOutcome in this execution.',
  );
  const failedUnrecorded = failWith('FailedUnrecorded', { output: 'failure', error: 'Error', cause: 'Cause' });

  return {
    start: retireSuperseded,
    /** For a rollout that released nothing. */
    recordOutcome,

    join(): void {
      retireSuperseded.next(recordOutcome).next(succeeded);
      succeeded.when(isTrue('outcome', 'succeeded'), success).otherwise(failure);

      // The rollout has succeeded by then.
      onFailure(retireSuperseded, recordOutcome, 'retentionFailure');

      // An outcome that cannot be recorded must not hide why the rollout failed.
      onFailure(recordOutcome, failedBeforeRecording, 'recordingFailure');
      failedBeforeRecording.when(isNull('failure'), outcomeNotRecorded).otherwise(failedUnrecorded);
    },
  };
}
