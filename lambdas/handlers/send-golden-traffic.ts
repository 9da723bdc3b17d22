// The function of SendGoldenTraffic.
import { dynamoDbClient, s3Client, sageMakerClient, sageMakerRuntimeClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { sageMakerInvocations } from '../aws/sagemaker-invocations.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { sendGoldenTraffic } from '../tasks/send-golden-traffic.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  deploymentTarget: sageMakerEndpoints(sageMakerClient(functionRun)),
  documents: s3Documents(s3Client(), environment('bucketName')),
  invocations: sageMakerInvocations(sageMakerRuntimeClient(functionRun), systemClock),
};

export const handler = taskHandler('SendGoldenTraffic', sendGoldenTraffic(ports));
