// The function of CreateEndpointConfig.
import { dynamoDbClient, s3Client, sageMakerClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpointConfigs } from '../aws/sagemaker-endpoint-configs.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { createEndpointConfig } from '../tasks/create-endpoint-config.ts';

const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  endpointConfigs: sageMakerEndpointConfigs(sageMakerClient(functionRun)),
};

export const handler = taskHandler('CreateEndpointConfig', createEndpointConfig(ports));
