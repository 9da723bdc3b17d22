// Answers to the task tokens of waits.

export interface TaskAnswers {
  /** Ends the wait. False where nobody waits any more: it was answered before, its time is over, or its execution is. */
  answer(taskToken: string): Promise<boolean>;
}
