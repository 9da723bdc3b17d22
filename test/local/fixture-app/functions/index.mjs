// The two functions of the fixture: one throws by name, one asks SageMaker for an endpoint.
import { request } from 'node:http';

class NotReady extends Error {
  name = 'NotReady';
}

export async function throwing() {
  throw new NotReady('not yet');
}

/** Calls DescribeEndpoint with this function's own credentials; without an SDK, so that the fixture needs no bundling. */
export async function asking({ endpointName }) {
  const { AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL } = process.env;
  const credential = `${AWS_ACCESS_KEY_ID}/20260101/${AWS_REGION}/sagemaker/aws4_request`;
  return new Promise((resolve, reject) => {
    const call = request(AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'SageMaker.DescribeEndpoint',
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`,
      },
    });
    call.on('error', reject);
    call.on('response', async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      resolve({ status: answer.statusCode, ...JSON.parse(text) });
    });
    call.end(JSON.stringify({ EndpointName: endpointName }));
  });
}
