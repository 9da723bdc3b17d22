// What asynchronous endpoints read, write and publish, in MiniStack, each held to the policies of the execution role.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Requirement } from '../gateway/authorise.ts';
import type { AsyncStore } from '../hosting/asynchronous/store.ts';

export interface AsyncStoreOptions {
  s3: S3Client;
  sns: SNSClient;
  /** Why the role may not; undefined where it may. */
  obstacle(
    roleArn: string,
    hosted: { AsyncInferenceConfig?: { OutputConfig: { KmsKeyId: string } } },
    besides: Requirement[],
  ): Promise<string | undefined>;
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html */
export function asyncStore({ s3, sns, obstacle }: AsyncStoreOptions): AsyncStore {
  async function check(roleArn: string, action: string, resource: string, kmsKeyId?: string): Promise<void> {
    const hosted = kmsKeyId === undefined ? {} : { AsyncInferenceConfig: { OutputConfig: { KmsKeyId: kmsKeyId } } };
    const reason = await obstacle(roleArn, hosted, [{ action, resource, context: {} }]);
    if (reason !== undefined) throw new Error(reason);
  }

  return {
    async read(url, roleArn) {
      const { Bucket, Key } = placeOf(url);
      await check(roleArn, 's3:GetObject', `arn:aws:s3:::${Bucket}/${Key}`);
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return await Body!.transformToByteArray();
    },
    async write({ url, body: Body, contentType: ContentType, roleArn, kmsKeyId }) {
      const { Bucket, Key } = placeOf(url);
      await check(roleArn, 's3:PutObject', `arn:aws:s3:::${Bucket}/${Key}`, kmsKeyId);
      const encryption = kmsKeyId && ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId } as const);
      await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType, ...(encryption || {}) }));
    },
    async publish({ topicArn: TopicArn, message: Message, roleArn }) {
      await check(roleArn, 'sns:Publish', TopicArn);
      await sns.send(new PublishCommand({ TopicArn, Message }));
    },
  };
}

function placeOf(url: string): { Bucket: string; Key: string } {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (!Bucket || !Key) throw new Error(`The local cloud has no ${url}: it knows s3://bucket/key`);
  return { Bucket, Key };
}
