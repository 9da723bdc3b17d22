// What the gateway reads from requests as SDKs write them.
import { readCall } from '../../local/gateway/call.ts';

const signed = (service: string, more: Record<string, string> = {}) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=ASIAKEY/20261122/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
  ...more,
});

function operation(service: string, line: string, headers: Record<string, string> = {}, body?: string) {
  const [method, path] = line.split(' ') as [string, string];
  return readCall(
    method,
    new URL(path, 'http://127.0.0.1'),
    signed(service, headers),
    body ? Buffer.from(body) : undefined,
  );
}

test('service, region and key come from the credential scope', () => {
  const call = operation('sagemaker', 'POST /', { 'x-amz-target': 'SageMaker.CreateModel' });
  expect(call).toEqual({ service: 'sagemaker', region: 'eu-west-1', accessKeyId: 'ASIAKEY', operation: 'CreateModel' });
});

test('a presigned URL carries the same in its query', () => {
  const credential = encodeURIComponent('test/20261122/us-east-1/s3/aws4_request');
  const url = new URL(`http://127.0.0.1/bucket/key?X-Amz-Credential=${credential}&X-Amz-Signature=00`);
  const expected = { service: 's3', region: 'us-east-1', accessKeyId: 'test', operation: 'GetObject' };
  expect(readCall('GET', url, {})).toEqual(expected);
});

test('a request that is not signed belongs to no service', () => {
  expect(readCall('GET', new URL('http://127.0.0.1/_ministack/ready'), {})).toMatchObject({
    service: '',
    accessKeyId: '',
  });
});

test.each([
  ['PUT /bucket/a/b.tar.gz', {}, 'PutObject'],
  ['PUT /bucket/a', { 'x-amz-copy-source': 'bucket/b' }, 'CopyObject'],
  ['PUT /bucket/a?partNumber=1&uploadId=x', {}, 'UploadPart'],
  ['PUT /bucket/a?partNumber=1&uploadId=x', { 'x-amz-copy-source': 'bucket/b' }, 'UploadPartCopy'],
  ['POST /bucket/a?uploads', {}, 'CreateMultipartUpload'],
  ['POST /bucket/a?uploadId=x', {}, 'CompleteMultipartUpload'],
  ['DELETE /bucket/a?uploadId=x', {}, 'AbortMultipartUpload'],
  ['GET /bucket/a?versionId=3', {}, 'GetObject'],
  ['HEAD /bucket/a', {}, 'HeadObject'],
  ['GET /bucket?list-type=2&prefix=models/', {}, 'ListObjectsV2'],
  ['GET /bucket?versions', {}, 'ListObjectVersions'],
  ['PUT /bucket', {}, 'CreateBucket'],
  ['GET /bucket?policy', {}, 'GetBucketPolicy'],
  ['PUT /bucket/a?tagging', {}, 'PutObjectTagging'],
])('S3: %s %j is %s', (line, headers, expected) => {
  expect(operation('s3', line, headers as Record<string, string>).operation).toBe(expected);
});

test('SageMaker Runtime signs as sagemaker and is told by its path', () => {
  const call = operation('sagemaker', 'POST /endpoints/iris/invocations', { 'content-type': 'application/json' });
  expect(call).toMatchObject({ service: 'sagemaker-runtime', operation: 'InvokeEndpoint' });
});

test('the Query protocol names the operation in its body', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  expect(operation('sts', 'POST /', headers, 'Action=AssumeRole&Version=2011-06-15').operation).toBe('AssumeRole');
});

test('smithy RPC names it in the path, and other REST services are told by method and path', () => {
  const path = 'POST /service/GraniteServiceVersion20100801/operation/PutMetricData';
  expect(operation('monitoring', path).operation).toBe('PutMetricData');
  expect(operation('lambda', 'GET /2015-03-31/functions').operation).toBe('GET /2015-03-31/functions');
});
