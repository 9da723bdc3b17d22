// The function of CreateAlarms.
import { cloudWatchClient, dynamoDbClient, s3Client } from '../aws/clients.ts';
import { cloudWatchAlarms } from '../aws/cloudwatch-alarms.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { environment } from '../runtime/environment.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { createAlarms } from '../tasks/create-alarms.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  alarms: cloudWatchAlarms(cloudWatchClient()),
};

export const handler = taskHandler('CreateAlarms', createAlarms(ports));
