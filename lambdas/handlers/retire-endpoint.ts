// The function of RetireEndpoint.
import { applicationAutoScaling } from '../aws/application-auto-scaling.ts';
import {
  autoScalingClient,
  cloudWatchClient,
  dynamoDbClient,
  promptS3Client,
  sageMakerClient,
} from '../aws/clients.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { s3ArtifactStore } from '../aws/s3-artifact-store.ts';
import { sageMakerEndpointConfigs } from '../aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { sageMakerModels } from '../aws/sagemaker-models.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { retireEndpoint } from '../tasks/retire-endpoint.ts';

const sageMaker = sageMakerClient(functionRun);
const ports = {
  clock: systemClock,
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  ledger: dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
  deploymentTarget: sageMakerEndpoints(sageMaker),
  endpointConfigs: sageMakerEndpointConfigs(sageMaker),
  artifacts: s3ArtifactStore(promptS3Client(), environment('bucketName')),
  models: sageMakerModels(sageMaker, environment('executionRoleArn')),
  scaling: applicationAutoScaling(autoScalingClient(functionRun), cloudWatchClient()),
};

export const handler = taskHandler('RetireEndpoint', retireEndpoint(ports, environment('stackName')));
