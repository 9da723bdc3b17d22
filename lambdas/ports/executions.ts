// Executions of the state machine.

import type { EndedExecution, ExecutionStatus } from '../core/recovery/execution-status.ts';

export interface Executions {
  /** Null when there is none: Step Functions forgets an execution 90 days after its end. */
  find(executionArn: string): Promise<ExecutionStatus | null>;
  /** ARNs of those that run: where one has just begun or ended, it may be missing yet, or still be there. */
  listRunning(): Promise<ReadonlySet<string>>;
  /** Those that ended ABORTED, TIMED_OUT or FAILED at `since` or later. One that has just ended may be missing yet. */
  listEnded(since: Date): Promise<EndedExecution[]>;
  /** False when an execution of this name ran already, or runs. */
  start(name: string, input: object): Promise<boolean>;
}
