// A client of S3 that serializes and reads answers for real, for what the SDK itself makes of them.
import { S3Client } from '@aws-sdk/client-s3';

interface Request {
  method: string;
  query?: Record<string, unknown>;
  headers: Record<string, string>;
}

function operationOf({ method, query = {}, headers }: Request): string {
  if (method === 'HEAD') return 'HeadObject';
  if (method === 'DELETE') return 'AbortMultipartUpload';
  if (method === 'POST') return 'uploads' in query ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
  return 'x-amz-copy-source' in headers ? 'UploadPartCopy' : 'PutObject';
}

const usual: Record<string, string> = {
  CreateMultipartUpload: '<InitiateMultipartUploadResult><UploadId>u-1</UploadId></InitiateMultipartUploadResult>',
  UploadPartCopy: '<CopyPartResult><ETag>"e"</ETag></CopyPartResult>',
  CompleteMultipartUpload: '<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>',
};

/** Bodies of the answers with status 200, by operation; of an object there is none. */
export function answeringByHttp(bodies: Record<string, string>): { client: S3Client; operations: string[] } {
  const operations: string[] = [];
  const handle = async (request: Request) => {
    const operation = operationOf(request);
    operations.push(operation);
    const statusCode = operation === 'HeadObject' ? 404 : 200;
    return { response: { statusCode, headers: {}, body: Buffer.from(bodies[operation] ?? usual[operation] ?? '') } };
  };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  return {
    operations,
    client: new S3Client({ region: 'eu-central-1', credentials, maxAttempts: 1, requestHandler: { handle } }),
  };
}
