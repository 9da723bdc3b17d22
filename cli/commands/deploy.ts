// `deploy`: uploads a model, and watches its rollout if asked to.
import { connect } from '../../client/client.ts';
import { checkArchive } from '../../client/upload-archive.ts';
import { followRollout } from '../terminal/follow-rollout.ts';
import { progress as startProgress } from '../terminal/progress.ts';
import { progressStream, type Report, reportDone } from '../terminal/report.ts';

export interface DeployFlags {
  endpoint: string;
  version: string;
  variant?: string;
  stack: string;
  watch?: true;
  json?: true;
}

export async function deploy(file: string, flags: DeployFlags): Promise<Report> {
  const target = { endpointName: flags.endpoint, variantName: flags.variant, version: flags.version };
  // Before the first call: a wrong file or name needs no credentials to be found.
  await checkArchive(file, target);
  const progress = startProgress(progressStream(flags));
  try {
    progress.under('Looking up the stack');
    const deployer = await connect(flags.stack);
    const upload = await deployer.upload(file, target, (bytes, of) =>
      progress.under(`Uploading ${file}: ${Math.floor((100 * bytes) / of)} % of ${(of / 2 ** 20).toFixed(1)} MiB`),
    );
    progress.under(null);
    const version = upload.versionId ? ` (version ${upload.versionId})` : '';
    progress.say(`Uploaded to s3://${upload.bucket}/${upload.key}${version}`);
    if (flags.watch) return await followRollout(deployer, { executionArn: null, upload }, progress);
    return reportDone(`Its rollout starts by itself. To follow it: npm run cli -- watch ${upload.key}`, upload);
  } finally {
    progress.stop();
  }
}
