// The function of RegisterScaling.
import { applicationAutoScaling } from '../aws/application-auto-scaling.ts';
import { autoScalingClient, cloudWatchClient, dynamoDbClient, s3Client } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { registerScaling } from '../tasks/register-scaling.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  scaling: applicationAutoScaling(autoScalingClient(functionRun), cloudWatchClient()),
};

export const handler = taskHandler('RegisterScaling', registerScaling(ports));
