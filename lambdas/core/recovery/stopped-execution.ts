// Which execution the event tells of by which the sweeper is called.

/** Its ARN; null for the schedule, and for everything else that is no `Step Functions Execution Status Change`. */
export function stoppedExecution(event: unknown): string | null {
  const { detail } = (event ?? {}) as { detail?: { executionArn?: unknown } | null };
  return typeof detail?.executionArn === 'string' ? detail.executionArn : null;
}
