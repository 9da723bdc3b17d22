// Documents in S3.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import { toRolloutError } from './sdk-error.ts';

/** `client` retries throttling and 5xx itself. `bucketName`: where `write` writes. */
export function s3Documents(client: S3Client, bucketName: string): Documents {
  return {
    async read({ bucket, key }) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        return JSON.parse(await Body!.transformToString());
      } catch (error) {
        const location = `s3://${bucket}/${key}`;
        if ((error as Error).name === 'NoSuchKey') throw new RolloutError('NotReady', `${location} does not exist.`);
        if (error instanceof SyntaxError)
          throw new RolloutError('CallRefused', `${location} is not JSON: ${error.message}`);
        throw toRolloutError(error);
      }
    },
    async write(key, content) {
      try {
        const Body = JSON.stringify(content);
        await client.send(
          new PutObjectCommand({ Bucket: bucketName, Key: key, Body, ContentType: 'application/json' }),
        );
        return { bucket: bucketName, key };
      } catch (error) {
        throw toRolloutError(error);
      }
    },
  };
}
