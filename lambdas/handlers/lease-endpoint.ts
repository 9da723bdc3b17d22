// The function of LeaseEndpoint.
import { dynamoDbClient, s3Client, sfnClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbWakeTokens } from '../aws/dynamodb-wake-tokens.ts';
import { s3Uploads } from '../aws/s3-uploads.ts';
import { stepFunctionsAnswers } from '../aws/stepfunctions-answers.ts';
import { stepFunctionsExecutions } from '../aws/stepfunctions-executions.ts';
import { environment } from '../runtime/environment.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { leaseEndpoint } from '../tasks/lease-endpoint.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  ledger: dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
  uploads: s3Uploads(s3Client(), environment('bucketName')),
  executions: stepFunctionsExecutions(sfnClient(), environment('stateMachineArn')),
  wakeTokens: dynamoDbWakeTokens(dynamoDbClient(), environment('ledgerTableName')),
  taskAnswers: stepFunctionsAnswers(sfnClient()),
};

export const handler = taskHandler('LeaseEndpoint', leaseEndpoint(ports, platformSettings().recoveryDelaySeconds));
