// Uploads an archive and shows its rollout to the end.

import type { Progress } from '../../cli/terminal/progress.ts';
import type { Deployer } from '../../client/client.ts';
import { watchToEnd } from '../../client/history/watch.ts';
import type { UploadTarget } from '../../client/upload-archive.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { NotAsItMustBe } from './must.ts';

/** @throws NotAsItMustBe when nothing takes up the upload, or its execution leaves no outcome */
export async function rollOut(
  deployer: Deployer,
  file: string,
  target: UploadTarget,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Outcome> {
  const upload = await deployer.upload(file, target);
  progress.say(`  uploaded to s3://${upload.bucket}/${upload.key}`);
  progress.under('  waiting for the rollout that the upload starts');
  const executionArn = await deployer.findExecution(upload, { waitSeconds: 30, pollSeconds: 0.1, signal });
  if (executionArn === null) throw new NotAsItMustBe('The upload must start a rollout within 30 s, and did not.');
  const changes = deployer.watch(executionArn, { pollSeconds: 0.2, signal });
  const { outcome, status, error, cause } = await watchToEnd(changes, (change) => progress.show(change));
  if (outcome === null) throw new NotAsItMustBe(`The rollout must leave an outcome: ${status}, ${error}: ${cause}`);
  return outcome;
}
