// The simulated S3 behind a client of the SDK: every call is kept, and a test may answer one in its place.
import type { S3Client } from '@aws-sdk/client-s3';
import { AwsError } from '../../local/hosting/aws-error.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { body, S3 } from '../../simulate/world/aws/s3.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';

export interface Call {
  readonly operation: string;
  readonly input: Record<string, unknown>;
}

/** As S3 answers it; its HTTP status follows from its code. */
export const refusal = (code: string, message = code) => new AwsError(code, message);

/** Part of an object. */
export const partial = (text: string, ContentRange: string) => ({ ContentRange, Body: body(Buffer.from(text)) });

/** 2001-09-09: when everything is written. */
export const WRITTEN_AT = 1e12;

export class RecordedS3 extends S3 {
  readonly calls: Call[] = [];
  /** Asked before each call; an answer is given in place of S3's, an error thrown as the SDK throws it. */
  interceptor: (call: Call) => object | Error | undefined | Promise<undefined> = () => undefined;

  constructor(bucket: string) {
    super(bucket, () => WRITTEN_AT);
  }

  client(): S3Client {
    return new Clients(async (_service, operation, input) => {
      const call = { operation, input };
      this.calls.push(call);
      try {
        const intercepted = await this.interceptor(call);
        if (intercepted instanceof Error) throw intercepted;
        return intercepted ?? this.perform(operation, input);
      } catch (error) {
        throw sdkError(error);
      }
    }).s3;
  }

  operations(): string[] {
    return this.calls.map(({ operation }) => operation);
  }

  /** @returns its version */
  write(key: string, text: Uint8Array | string, metadata?: Record<string, string>): string {
    return this.put(key, Buffer.from(text as string), metadata).versionId;
  }

  /** @returns the version of the delete marker */
  remove(key: string): string {
    return this.put(key, null).versionId;
  }
}
