// Keeps a cloud up until Ctrl-C, and says what to export meanwhile.
import type { Cloud } from './cloud.ts';
import { announceCloud } from './running-clouds.ts';

/** Aborts at Ctrl-C and its like. npm and the terminal may both send it: only the first counts. */
export function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
  return interrupted.signal;
}

function aborted(signal: AbortSignal): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('aborted');
    signal.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}

/**
 * Stays until Ctrl-C, or until MiniStack ends by itself, and stops the cloud.
 *
 * @param said what to print once other commands can find the cloud
 * @returns the exit status
 */
export async function keepUp(cloud: Cloud, signal: AbortSignal, said: string): Promise<number> {
  const withdraw = announceCloud(cloud);
  console.log(said);
  const why = await Promise.race([aborted(signal), cloud.ended]);
  if (why !== 'aborted') console.error('MiniStack ended by itself.');
  withdraw();
  console.error('Stopping ...');
  await cloud.stop();
  console.error('Stopped: nothing is left running.');
  return why === 'aborted' ? 0 : 1;
}

export function instructions({ env, outputs }: Pick<Cloud, 'env' | 'outputs'>): string {
  const [stack] = Object.values(outputs);
  return [
    '',
    'For the AWS CLI, boto3 and the SDKs, in another terminal:',
    '',
    ...Object.entries(env).map(([name, value]) => `export ${name}=${value}`),
    '',
    `aws s3 cp model.tar.gz s3://${stack?.BucketName}/models/iris/v1/model.tar.gz`,
    `aws stepfunctions list-executions --state-machine-arn ${stack?.StateMachineArn}`,
    'aws sagemaker describe-endpoint --endpoint-name iris',
    'npm run cloud -- --calls',
    '',
    'Ctrl-C stops everything.',
  ].join('\n');
}
