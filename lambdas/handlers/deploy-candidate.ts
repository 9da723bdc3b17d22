// The function of DeployCandidate.
import { dynamoDbClient, s3Client, sageMakerClient } from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpointConfigs } from '../aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { deployCandidate } from '../tasks/deploy-candidate.ts';

const sageMaker = sageMakerClient(functionRun);
const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  documents: s3Documents(s3Client(), environment('bucketName')),
  deploymentTarget: sageMakerEndpoints(sageMaker),
  endpointConfigs: sageMakerEndpointConfigs(sageMaker),
};

export const handler = taskHandler('DeployCandidate', deployCandidate(ports));
