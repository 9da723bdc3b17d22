// The function of all waits.
import { dynamoDbClient, sageMakerClient, sfnClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbWakeTokens } from '../aws/dynamodb-wake-tokens.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { stepFunctionsAnswers } from '../aws/stepfunctions-answers.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { waitHandler } from '../runtime/wait-handler.ts';
import { awaitChange } from '../tasks/await-change.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  ledger: dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
  wakeTokens: dynamoDbWakeTokens(dynamoDbClient(), environment('ledgerTableName')),
  taskAnswers: stepFunctionsAnswers(sfnClient()),
  deploymentTarget: sageMakerEndpoints(sageMakerClient(functionRun)),
};

export const handler = waitHandler(awaitChange(ports));
