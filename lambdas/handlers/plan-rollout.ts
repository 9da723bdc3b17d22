// The function of PlanRollout.
import { applicationAutoScalingReader } from '../aws/application-auto-scaling.ts';
import {
  autoScalingClient,
  cloudWatchClient,
  dynamoDbClient,
  promptS3Client,
  s3Client,
  sageMakerClient,
} from '../aws/clients.ts';
import { cloudWatchAlarmReader } from '../aws/cloudwatch-alarms.ts';
import { dynamoDbLeases } from '../aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../aws/dynamodb-ledger.ts';
import { dynamoDbReleaseSettings } from '../aws/dynamodb-release-settings.ts';
import { s3ArtifactReader } from '../aws/s3-artifact-store.ts';
import { s3Documents } from '../aws/s3-documents.ts';
import { sageMakerEndpointConfigReader } from '../aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpointReader } from '../aws/sagemaker-endpoints.ts';
import { sageMakerModelReader } from '../aws/sagemaker-models.ts';
import { environment } from '../runtime/environment.ts';
import { functionRun } from '../runtime/function-run.ts';
import { platformSettings } from '../runtime/platform-settings.ts';
import { systemClock } from '../runtime/system-clock.ts';
import { taskHandler } from '../runtime/task-handler.ts';
import { planRollout } from '../tasks/plan-rollout.ts';

const sageMaker = sageMakerClient(functionRun);
const dynamoDb = dynamoDbClient();
const ledgerTableName = environment('ledgerTableName');
const ports = {
  clock: systemClock,
  alarms: cloudWatchAlarmReader(cloudWatchClient()),
  leases: dynamoDbLeases(dynamoDb, ledgerTableName),
  ledger: dynamoDbLedger(dynamoDb, ledgerTableName),
  releaseSettings: dynamoDbReleaseSettings(dynamoDb, ledgerTableName),
  documents: s3Documents(s3Client(), environment('bucketName')),
  deploymentTarget: sageMakerEndpointReader(sageMaker),
  endpointConfigs: sageMakerEndpointConfigReader(sageMaker),
  artifacts: s3ArtifactReader(promptS3Client()),
  models: sageMakerModelReader(sageMaker),
  scaling: applicationAutoScalingReader(autoScalingClient(functionRun), cloudWatchClient()),
};

const stack = {
  stackName: environment('stackName'),
  bucketName: environment('bucketName'),
  executionRoleArn: environment('executionRoleArn'),
  settings: platformSettings(),
};

export const handler = taskHandler('PlanRollout', planRollout(ports, stack));
