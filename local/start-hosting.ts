// Makes the hosting of the local cloud: the simulator on real time, with processes of the serving image's code behind it.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CloudEnvironment } from './cloud.ts';
import { Hosting } from './hosting/hosting.ts';
import { ProcessFleet } from './hosting/process-fleet.ts';

const SERVING_IMAGE = join(import.meta.dirname, '..', 'serving-image');
const PYTHON = join(import.meta.dirname, '..', '.venv', 'serving', 'bin', 'python');

/** Changes come to their end even while nobody calls. */
const ADVANCE_EVERY_MS = 200;

export interface StartHostingOptions {
  env: CloudEnvironment;
  /** Gets `containers.log`, every line that a container prints. */
  directory: string;
  /** How long creating or updating an endpoint takes; everything else takes a third. */
  provisioningSeconds: number;
}

/** The simulator itself, for tests that plan misfortunes, and `stop`. */
export type LocalHosting = ReturnType<typeof startHosting>;

export function startHosting({ env, directory, provisioningSeconds }: StartHostingOptions) {
  const s3 = new S3Client({
    endpoint: env.AWS_ENDPOINT_URL,
    region: env.AWS_REGION,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
    forcePathStyle: true,
  });
  const log = createWriteStream(join(directory, 'containers.log'), { flags: 'a' });
  const hosting = new Hosting({
    fleet: new ProcessFleet({
      s3,
      command: [PYTHON, '-m', 'inference_server', 'serve'],
      cwd: SERVING_IMAGE,
      // As the Dockerfile sets them.
      environment: {
        HOME: directory,
        JOBLIB_MULTIPROCESSING: '0',
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONUNBUFFERED: '1',
      },
      log: (line, { endpointName, variantName }) => log.write(`${endpointName}/${variantName} ${line}\n`),
    }),
    provisioning: ({ change }) => 1000 * (change === 'create' || change === 'update' ? 1 : 1 / 3) * provisioningSeconds,
    modelDataExists: (url) => objectExists(s3, url),
  });
  const clock = setInterval(() => hosting.advance(), ADVANCE_EVERY_MS);
  return Object.assign(hosting, {
    async stop() {
      clearInterval(clock);
      await hosting.close();
      s3.destroy();
      log.end();
    },
  });
}

async function objectExists(s3: S3Client, url: string): Promise<boolean> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  try {
    await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return true;
  } catch (error) {
    if ((error as Error).name === 'NotFound') return false;
    throw error;
  }
}
