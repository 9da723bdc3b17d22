// What planning reads, with the caller's own credentials.
import { setTimeout } from 'node:timers/promises';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { applicationAutoScalingReader } from '../../lambdas/aws/application-auto-scaling.ts';
import { cloudWatchAlarmReader } from '../../lambdas/aws/cloudwatch-alarms.ts';
import { dynamoDbLeases } from '../../lambdas/aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../../lambdas/aws/dynamodb-ledger.ts';
import { dynamoDbReleaseSettings } from '../../lambdas/aws/dynamodb-release-settings.ts';
import { ecrImages } from '../../lambdas/aws/ecr-images.ts';
import { s3ArtifactStore } from '../../lambdas/aws/s3-artifact-store.ts';
import { s3Documents } from '../../lambdas/aws/s3-documents.ts';
import { s3UploadedArchives } from '../../lambdas/aws/s3-uploaded-archives.ts';
import { s3Uploads } from '../../lambdas/aws/s3-uploads.ts';
import { sageMakerEndpointConfigReader } from '../../lambdas/aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpointReader } from '../../lambdas/aws/sagemaker-endpoints.ts';
import { sageMakerModelReader } from '../../lambdas/aws/sagemaker-models.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import { readOnly } from './read-only.ts';
import type { ReadPorts } from './read-ports.ts';

const clock: Clock = {
  now: () => new Date(),
  remainingMilliseconds: () => Number.POSITIVE_INFINITY,
  sleep: async (milliseconds) => {
    await setTimeout(milliseconds);
  },
};

/** Region and credentials are those that the AWS SDK finds. */
export function awsReadPorts(bucketName: string, tableName: string): ReadPorts {
  const s3 = readOnly(new S3Client());
  const dynamoDb = readOnly(new DynamoDBClient());
  const sageMaker = readOnly(new SageMakerClient());
  const cloudWatch = readOnly(new CloudWatchClient());
  return {
    clock,
    alarms: cloudWatchAlarmReader(cloudWatch),
    archives: s3UploadedArchives(s3, bucketName, clock),
    artifacts: s3ArtifactStore(s3, bucketName),
    deploymentTarget: sageMakerEndpointReader(sageMaker),
    documents: s3Documents(s3, bucketName),
    endpointConfigs: sageMakerEndpointConfigReader(sageMaker),
    images: ecrImages(readOnly(new ECRClient())),
    leases: dynamoDbLeases(dynamoDb, tableName),
    ledger: dynamoDbLedger(dynamoDb, tableName),
    models: sageMakerModelReader(sageMaker),
    releaseSettings: dynamoDbReleaseSettings(dynamoDb, tableName),
    scaling: applicationAutoScalingReader(readOnly(new ApplicationAutoScalingClient()), cloudWatch),
    uploads: s3Uploads(s3, bucketName),
  };
}
