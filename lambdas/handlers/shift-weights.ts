// The function of ShiftWeights.
import { cloudWatchClient, dynamoDbClient, s3Client, sageMakerClient } from '../aws/clients.ts';
import { cloudWatchAlarmReader } from '../aws/cloudwatch-alarms.ts';
import { cloudWatchMetricQueries } from '../aws/cloudwatch-metric-queries.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { shiftWeights } from '../tasks/shift-weights.ts';

const ports = {
  clock: systemClock,
  alarms: cloudWatchAlarmReader(cloudWatchClient()),
  metrics: cloudWatchMetricQueries(cloudWatchClient()),
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  deploymentTarget: sageMakerEndpoints(sageMakerClient(functionRun)),
};

export const handler = taskHandler('ShiftWeights', shiftWeights(ports));
