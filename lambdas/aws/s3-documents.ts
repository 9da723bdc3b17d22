// Documents in S3.
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { DocumentRef } from '../../state-machine/contract/resolved-request.ts';
import { RolloutError } from '../core/rollout-error.ts';
import type { Documents } from '../ports/documents.ts';
import { toRolloutError } from './sdk-error.ts';

/** `client` retries throttling and 5xx itself. `bucketName`: where `find` looks and `write` writes. */
export function s3Documents(client: S3Client, bucketName: string): Documents {
  /** Undefined when it is missing. */
  async function parsed({ bucket, key }: DocumentRef): Promise<unknown> {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return JSON.parse(await Body!.transformToString());
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      if (error instanceof SyntaxError)
        throw new RolloutError('CallRefused', `s3://${bucket}/${key} is not JSON: ${error.message}`);
      throw toRolloutError(error);
    }
  }
  return {
    async read(document) {
      const content = await parsed(document);
      if (content !== undefined) return content;
      throw new RolloutError('NotReady', `s3://${document.bucket}/${document.key} does not exist.`);
    },
    find: async (key) => (await parsed({ bucket: bucketName, key })) ?? null,
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
