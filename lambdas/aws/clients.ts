// The SDK clients of the functions. Region and credentials come from Lambda's environment.
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ECRClient } from '@aws-sdk/client-ecr';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { type FunctionRun, noRetries, rateLimitRetries } from './rate-limit-retry-strategy.ts';

// Without limits a call that AWS never answers lasts as long as the function; with these it is tried again.
const patience = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
};

const rateLimited = (run: FunctionRun) => ({ ...patience, retryStrategy: rateLimitRetries(run) });

// Functions, so that a bundle holds only the clients that it calls for.
export const autoScalingClient = (run: FunctionRun) => new ApplicationAutoScalingClient(rateLimited(run));
export const cloudWatchClient = () => new CloudWatchClient(patience);
export const cloudWatchLogsClient = () => new CloudWatchLogsClient(patience);
export const dynamoDbClient = () => new DynamoDBClient(patience);
export const ecrClient = () => new ECRClient(patience);
export const eventBridgeClient = () => new EventBridgeClient(patience);
// Copying a part, or completing a copy of many, takes S3 longer than other answers take.
export const s3Client = () =>
  new S3Client({ ...patience, requestHandler: { ...patience.requestHandler, requestTimeout: 120_000 } });
/** For single objects and lists: within the time that a task under the lease leaves for a call. */
export const promptS3Client = () => new S3Client(patience);
export const sageMakerClient = (run: FunctionRun) => new SageMakerClient(rateLimited(run));
export const sfnClient = () => new SFNClient(patience);
export const snsClient = () => new SNSClient(patience);

// The model has 60 s to answer, and "use a 70 s client timeout" near that; an invocation is never repeated behind our back:
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
export const sageMakerRuntimeClient = (run: FunctionRun) =>
  new SageMakerRuntimeClient({
    retryStrategy: noRetries(run),
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 70_000, throwOnRequestTimeout: true },
  });
