// The function of CreateAlarms.
import { cloudWatchClient, dynamoDbClient, s3Client, sageMakerRuntimeClient } from '../aws/clients.ts';
import { cloudWatchAlarms } from '../aws/cloudwatch-alarms.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerInvocations } from '../aws/sagemaker-invocations.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { createAlarms } from '../tasks/create-alarms.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  alarms: cloudWatchAlarms(cloudWatchClient()),
  invocations: sageMakerInvocations(sageMakerRuntimeClient(functionRun), systemClock),
};

export const handler = taskHandler('CreateAlarms', createAlarms(ports));
