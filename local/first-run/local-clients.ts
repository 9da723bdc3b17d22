// SDK clients for the local cloud, configured as AWS_ENDPOINT_URL and its keys would.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { CloudEnvironment } from '../cloud/cloud-environment.ts';

export type LocalClients = ReturnType<typeof localClients>;

export function localClients(env: CloudEnvironment) {
  const configuration = {
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  };
  const clients = {
    cloudFormation: new CloudFormationClient(configuration),
    dynamoDb: new DynamoDBClient(configuration),
    s3: new S3Client({ ...configuration, forcePathStyle: true }),
    sfn: new SFNClient(configuration),
    sageMaker: new SageMakerClient(configuration),
    runtime: new SageMakerRuntimeClient(configuration),
    scaling: new ApplicationAutoScalingClient(configuration),
  };
  /** Closes the connections that they keep. */
  const destroy = () => {
    for (const client of Object.values(clients)) client.destroy();
  };
  return { ...clients, destroy };
}
