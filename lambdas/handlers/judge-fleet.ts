// The function of JudgeFleet.
import { cloudWatchClient, dynamoDbClient, s3Client } from '../aws/clients.ts';
import { cloudWatchMetricQueries } from '../aws/cloudwatch-metric-queries.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { environment } from '../runtime/environment.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { judgeFleet } from '../tasks/judge-fleet.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  metrics: cloudWatchMetricQueries(cloudWatchClient()),
};

export const handler = taskHandler('JudgeFleet', judgeFleet(ports));
