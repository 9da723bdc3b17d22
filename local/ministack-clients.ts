// SDK clients that speak to MiniStack itself, past the gateway: for the gateway's own questions, which are nobody's calls.
import { Agent } from 'node:https';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';

export function ministackClients(port: number) {
  const configuration = {
    endpoint: `https://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, timeout: 30_000, rejectUnauthorized: false }) },
  };
  return { iam: new IAMClient(configuration), lambda: new LambdaClient(configuration) };
}
