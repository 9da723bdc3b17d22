// The function of RollBack.
import { applicationAutoScaling } from '../aws/application-auto-scaling.ts';
import {
  autoScalingClient,
  cloudWatchClient,
  cloudWatchLogsClient,
  dynamoDbClient,
  s3Client,
  sageMakerClient,
} from '../aws/clients.ts';
import { cloudWatchAlarms } from '../aws/cloudwatch-alarms.ts';
import { cloudWatchContainerLogs } from '../aws/cloudwatch-container-logs.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpointConfigs } from '../aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../aws/sagemaker-endpoints.ts';
import { sageMakerModels } from '../aws/sagemaker-models.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { rollBack } from '../tasks/roll-back.ts';

const sageMaker = sageMakerClient(functionRun);
const ports = {
  clock: systemClock,
  alarms: cloudWatchAlarms(cloudWatchClient()),
  leases: dynamoDbLeases(dynamoDbClient(), environment('ledgerTableName')),
  containerLogs: cloudWatchContainerLogs(cloudWatchLogsClient()),
  documents: s3Documents(s3Client(), environment('bucketName')),
  deploymentTarget: sageMakerEndpoints(sageMaker),
  endpointConfigs: sageMakerEndpointConfigs(sageMaker),
  models: sageMakerModels(sageMaker, environment('executionRoleArn')),
  scaling: applicationAutoScaling(autoScalingClient(functionRun), cloudWatchClient()),
  ledger: dynamoDbLedger(dynamoDbClient(), environment('ledgerTableName')),
};

export const handler = taskHandler('RollBack', rollBack(ports, platformSettings().retainedReleases));
