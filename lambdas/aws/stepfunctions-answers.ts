// The port `TaskAnswers` on Step Functions.
import {
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { TaskAnswers } from '../ports/task-answers.ts';
import { toRolloutError } from './sdk-error.ts';

export function stepFunctionsAnswers(client: SFNClient): TaskAnswers {
  return {
    async answer(taskToken) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
        return true;
      } catch (error) {
        // https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
        if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken)
          return false;
        throw toRolloutError(error);
      }
    },
  };
}
