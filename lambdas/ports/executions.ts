// Executions of the state machine.

import type { ExecutionStatus } from '../core/execution-status.ts';

export interface Executions {
  /** Null when there is none: Step Functions forgets an execution 90 days after its end. */
  find(executionArn: string): Promise<ExecutionStatus | null>;
  /** False when an execution of this name ran already, or runs. */
  start(name: string, input: object): Promise<boolean>;
}
