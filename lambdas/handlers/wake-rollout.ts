// The function that events of endpoints are given to.
import { dynamoDbClient, sfnClient } from '../aws/clients.ts';
import { dynamoDbWakeTokens } from '../aws/dynamodb-wake-tokens.ts';
import { stepFunctionsAnswers } from '../aws/stepfunctions-answers.ts';
import { environment } from '../runtime/environment.ts';
import { wakeHandler } from '../runtime/wake-handler.ts';
import { wakeRollout } from '../tasks/wake-rollout.ts';

const ports = {
  wakeTokens: dynamoDbWakeTokens(dynamoDbClient(), environment('ledgerTableName')),
  taskAnswers: stepFunctionsAnswers(sfnClient()),
};

export const handler = wakeHandler(wakeRollout(ports));
