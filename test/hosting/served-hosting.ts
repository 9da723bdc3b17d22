/** The simulator over HTTP with inference servers as processes, for callers that are not of this process. */

import { join } from 'node:path';
import { Hosting, type HostingOptions } from '../../local/hosting/hosting.ts';
import { ProcessFleet } from '../../local/hosting/process-fleet.ts';
import { type Served, serve } from '../../local/hosting/serve.ts';
import { archive, modelBucket } from './model-bucket.ts';
import { pythonProgram } from './python.ts';

export const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Models `one` and `two` lie at `s3://models/<name>/model.tar.gz`, and answer with their names. */
export async function servedHosting(options: HostingOptions) {
  const objects = new Map(['one', 'two'].map((name) => [`models/${name}/model.tar.gz`, archive(name)]));
  const command = [pythonProgram('python'), join(FIXTURES, 'model_server.py')] as const;
  const hosting = new Hosting({
    fleet: new ProcessFleet({ s3: modelBucket(objects), command }),
    modelDataExists: async (url) => objects.has(url.slice('s3://'.length)),
    ...options,
  });
  const served: Served = await serve(hosting);
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    AWS_ENDPOINT_URL: served.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
  return { hosting, served, environment };
}
