// An execution of the machine as people ask for it: whether it runs, when it was stopped, and which endpoint it is about.
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { endpointOfInput } from '../lambdas/core/recovery/stopped-rollout.ts';

export interface RolloutExecution {
  executionArn: string;
  /** The execution's name. */
  rolloutId: string;
  /** RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED. */
  status: string;
  stoppedAt: Date | null;
  /** Null where its input names none, and it has not resolved one. */
  endpointName: string | null;
}

/** Null where there is no such execution, or Step Functions has forgotten it. */
export async function rolloutExecution(client: SFNClient, executionArn: string): Promise<RolloutExecution | null> {
  try {
    const { status = '', stopDate, input = 'null' } = await client.send(new DescribeExecutionCommand({ executionArn }));
    return {
      executionArn,
      rolloutId: rolloutIdOf(executionArn),
      status,
      stoppedAt: stopDate ?? null,
      endpointName: endpointOfInput(JSON.parse(input), null) ?? (await resolvedEndpoint(client, executionArn)),
    };
  } catch (error) {
    if ((error as Error).name === 'ExecutionDoesNotExist') return null;
    throw error;
  }
}

export const rolloutIdOf = (executionArn: string): string => executionArn.slice(executionArn.lastIndexOf(':') + 1);

/** The stack's default endpoint stands in no input: ResolveRequest, among the first states, has named it. */
async function resolvedEndpoint(client: SFNClient, executionArn: string): Promise<string | null> {
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 20 }));
  const exited = events.find(({ stateExitedEventDetails }) => stateExitedEventDetails?.name === 'ResolveRequest');
  const output = JSON.parse(exited?.stateExitedEventDetails?.output ?? '{}') as {
    request?: { endpointName?: string | null };
  };
  return output.request?.endpointName ?? null;
}
