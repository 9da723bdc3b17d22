// An execution of the state machine, as far as others need to know.

export interface ExecutionStatus {
  isRunning: boolean;
  /** ABORTED, TIMED_OUT, FAILED ...: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
  status: string;
  /** ISO 8601. */
  startedAt: string;
  /** ISO 8601; null while it runs. */
  stoppedAt: string | null;
  /** What it was started with. */
  input: unknown;
}

/** One that ended otherwise than SUCCEEDED. */
export interface EndedExecution {
  name: string;
  executionArn: string;
  stoppedAt: string;
}
