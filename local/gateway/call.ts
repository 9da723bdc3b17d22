// Reads from an HTTP request which AWS service and operation it calls, and with which access key.
import type { IncomingHttpHeaders } from 'node:http';

export interface Call {
  /** The signing name: `s3`, `sagemaker`, `states`; empty when not signed. But `sagemaker-runtime`, which signs as `sagemaker`, and `cloudwatch`, which signs as `monitoring`. */
  service: string;
  region: string;
  accessKeyId: string;
  /** AWS's name of the operation; for REST services not listed here, method and path. */
  operation: string;
}

const CREDENTIAL = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * @param body needed only for the Query protocol (IAM, STS, CloudFormation, SNS), which names the operation in it
 */
export function readCall(method: string, url: URL, headers: IncomingHttpHeaders, body?: Buffer): Call {
  // Presigned URLs carry in the query what others carry in the header.
  const presigned = url.searchParams.get('X-Amz-Credential');
  const [, accessKeyId = '', region = '', service = ''] =
    CREDENTIAL.exec(presigned ? `Credential=${presigned}` : (headers.authorization ?? '')) ?? [];
  const invocation = service === 'sagemaker' ? runtimeOperation(url.pathname) : undefined;
  if (invocation) return { service: 'sagemaker-runtime', region, accessKeyId, operation: invocation };
  const operation = operationOf(service, method, url, headers, body);
  return { service: service === 'monitoring' ? 'cloudwatch' : service, region, accessKeyId, operation };
}

/** Whether the operation can be read from the body alone. */
export function namesOperationInBody(headers: IncomingHttpHeaders): boolean {
  return Boolean(headers['content-type']?.startsWith('application/x-www-form-urlencoded'));
}

function operationOf(service: string, method: string, url: URL, headers: IncomingHttpHeaders, body?: Buffer): string {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.slice(target.lastIndexOf('.') + 1);
  const smithy = /\/operation\/(\w+)$/.exec(url.pathname);
  if (smithy) return smithy[1]!;
  if (service === 's3') return s3Operation(method, url, headers);
  const action = url.searchParams.get('Action') ?? (body && new URLSearchParams(body.toString('utf8')).get('Action'));
  return action || `${method} ${url.pathname}`;
}

function runtimeOperation(path: string): string | undefined {
  const kind = /^\/endpoints\/[^/]+\/(invocations-response-stream|invocations|async-invocations)$/.exec(path)?.[1];
  if (kind === 'invocations') return 'InvokeEndpoint';
  if (kind === 'async-invocations') return 'InvokeEndpointAsync';
  return kind && 'InvokeEndpointWithResponseStream';
}

/** S3 says the operation by method, depth of the path and a sub-resource in the query. */
function s3Operation(method: string, url: URL, headers: IncomingHttpHeaders): string {
  const { searchParams: query } = url;
  const isObject = /^\/[^/]+\/./.test(url.pathname);
  const copies = headers['x-amz-copy-source'] !== undefined;
  if (query.has('uploadId')) {
    if (method === 'PUT') return copies ? 'UploadPartCopy' : 'UploadPart';
    return { POST: 'CompleteMultipartUpload', DELETE: 'AbortMultipartUpload' }[method] ?? 'ListParts';
  }
  if (query.has('uploads')) return method === 'POST' ? 'CreateMultipartUpload' : 'ListMultipartUploads';
  if (query.has('delete')) return 'DeleteObjects';
  if (query.has('versions')) return 'ListObjectVersions';
  if (query.has('attributes')) return 'GetObjectAttributes';
  const subresource = [...query.keys()].find((key) => SUBRESOURCES.has(key));
  const verb = { GET: 'Get', PUT: 'Put', DELETE: 'Delete', HEAD: 'Head', POST: 'Post' }[method] ?? method;
  if (subresource) return `${verb}${isObject ? 'Object' : 'Bucket'}${pascal(subresource)}`;
  if (isObject) return copies ? 'CopyObject' : `${verb}Object`;
  if (url.pathname === '/') return 'ListBuckets';
  return (
    { GET: query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects', PUT: 'CreateBucket' }[method] ??
    `${verb}Bucket`
  );
}

const SUBRESOURCES = new Set(
  'acl cors encryption lifecycle location logging notification object-lock policy publicAccessBlock tagging versioning'.split(
    ' ',
  ),
);

function pascal(kebab: string): string {
  return kebab.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase());
}
