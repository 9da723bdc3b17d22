// The port `Executions` on Step Functions.
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  paginateListExecutions,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { MACHINE_TIMEOUT_SECONDS } from '../../state-machine/contract/time-budgets.ts';
import type { EndedExecution } from '../core/recovery/execution-status.ts';
import type { Executions } from '../ports/executions.ts';
import { toRolloutError } from './sdk-error.ts';

const ENDED = ['ABORTED', 'TIMED_OUT', 'FAILED'] as const;
/** The most that there are: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html */
const PAGE_SIZE = 1000;

export function stepFunctionsExecutions(client: SFNClient, stateMachineArn: string): Executions {
  return {
    async find(executionArn) {
      try {
        const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
        const { status = '', startDate, stopDate, input } = execution;
        return {
          isRunning: status === 'RUNNING' || status === 'PENDING_REDRIVE',
          status,
          startedAt: startDate?.toISOString() ?? '',
          stoppedAt: stopDate?.toISOString() ?? null,
          input: input === undefined ? null : JSON.parse(input),
        };
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return null;
        throw toRolloutError(error);
      }
    },
    /** PENDING_REDRIVE cannot be asked for: only the children of a distributed Map are ever in it. */
    async listRunning() {
      const running = new Set<string>();
      const query = { stateMachineArn, statusFilter: 'RUNNING' } as const;
      try {
        for await (const { executions = [] } of paginateListExecutions({ client, pageSize: PAGE_SIZE }, query))
          for (const { executionArn = '' } of executions) running.add(executionArn);
        return running;
      } catch (error) {
        throw toRolloutError(error);
      }
    },
    /** One call for each status, as long as a thousand executions are enough. */
    async listEnded(since) {
      const found: EndedExecution[] = [];
      // The most recent come first, by their start or by their end: the reference does not say which.
      const longAgo = since.getTime() - MACHINE_TIMEOUT_SECONDS * 1000;
      try {
        for (const statusFilter of ENDED) {
          const query = { stateMachineArn, statusFilter };
          for await (const { executions = [] } of paginateListExecutions({ client, pageSize: PAGE_SIZE }, query)) {
            for (const { name = '', executionArn = '', stopDate } of executions)
              if (stopDate !== undefined && stopDate >= since)
                found.push({ name, executionArn, stoppedAt: stopDate.toISOString() });
            const last = executions.at(-1)?.stopDate;
            if (last !== undefined && last.getTime() < longAgo) break;
          }
        }
        return found;
      } catch (error) {
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
