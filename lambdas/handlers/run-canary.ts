// The function of RunCanary.
import { dynamoDbClient, s3Client, sageMakerClient, sageMakerRuntimeClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerAsyncInvocations } from '../aws/sagemaker-async-invocations.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { sageMakerInvocations } from '../aws/sagemaker-invocations.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { runCanary } from '../tasks/run-canary.ts';

const s3 = s3Client();
const runtime = sageMakerRuntimeClient(functionRun);
const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3, environment('bucketName')),
  deploymentTarget: sageMakerEndpoints(sageMakerClient(functionRun)),
  invocations: sageMakerInvocations(runtime, systemClock),
  asyncInvocations: sageMakerAsyncInvocations(runtime, s3),
};

export const handler = taskHandler('RunCanary', runCanary(ports));
