// Executions of the state machine.

export interface ExecutionStatus {
  isRunning: boolean;
  /** ABORTED, TIMED_OUT, FAILED ...: https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
  status: string;
  /** ISO 8601; null while it runs. */
  stoppedAt: string | null;
}

export interface Executions {
  /** Null when there is none: Step Functions forgets an execution 90 days after its end. */
  find(executionArn: string): Promise<ExecutionStatus | null>;
  /** False when an execution of this name ran already, or runs. */
  start(name: string, input: object): Promise<boolean>;
}
