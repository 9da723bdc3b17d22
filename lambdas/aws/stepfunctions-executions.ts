// The port `Executions` on Step Functions.
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../ports/executions.ts';
import { toRolloutError } from './sdk-error.ts';

export function stepFunctionsExecutions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async find(executionArn) {
      try {
        const { status = '', stopDate } = await client.send(new DescribeExecutionCommand({ executionArn }));
        return {
          isRunning: status === 'RUNNING' || status === 'PENDING_REDRIVE',
          status,
          stoppedAt: stopDate?.toISOString() ?? null,
        };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return null;
        throw toRolloutError(error);
      }
    },
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return true;
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return false;
        throw toRolloutError(error);
      }
    },
  };
}
