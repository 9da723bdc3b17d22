// Finds the execution that finishes the rollback of a rollout whose own execution was stopped.
import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { isRecoveryName } from '../lambdas/core/recovery/sweep-names.ts';

/** Its ARN; null while the sweeper has not started one, or none is running any more. */
export async function findRecovery(
  client: SFNClient,
  stateMachineArn: string,
  rolloutId: string,
): Promise<string | null> {
  const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 100 });
  const { executions = [] } = await client.send(list);
  for (const { executionArn, name = '' } of executions) {
    if (executionArn === undefined || !isRecoveryName(name)) continue;
    // A long name is cut: what it recovers stands in its input.
    const { input = '{}' } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if ((JSON.parse(input) as { rolloutId?: unknown }).rolloutId === rolloutId) return executionArn;
  }
  return null;
}
