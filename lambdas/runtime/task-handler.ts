// Makes a Lambda handler of a task: the contract is checked on both sides, and how it ended is logged and counted.
import middy from '@middy/core';
import type { StepInput, StepName, StepOutput, Task } from '../../state-machine/contract/steps.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { contractCheck } from './contract-check.ts';
import { beginRun } from './function-run.ts';
import { taskReport } from './task-report.ts';

/**
 * The payload is `{contractVersion, ...what the step reads}`. An error keeps its name, on which the machine's Retry and
 * Catch decide. A task that is about to run out of time ends as `ServiceUnavailable` 5 ms before Lambda would kill it
 * without a word to the log.
 */
export function taskHandler<Name extends StepName>(step: Name, task: Task<Name>) {
  return middy<StepInput<Name>, StepOutput<Name>>({
    timeoutEarlyResponse: () => {
      throw new RolloutError('ServiceUnavailable', `${step} did not end within the time of its function.`);
    },
  })
    .use(taskReport(step))
    .use(contractCheck(step))
    .handler((input: StepInput<Name>, context) => {
      beginRun(() => context.getRemainingTimeInMillis());
      return task(input);
    });
}
