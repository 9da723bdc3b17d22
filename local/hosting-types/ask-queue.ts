// Asks an asynchronous endpoint what an application would ask it, and waits for the object of its answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand } from '@aws-sdk/client-sagemaker-runtime';
import { parseS3Uri } from '../../lambdas/core/naming/object-keys.ts';
import type { LocalClients } from '../first-run/local-clients.ts';
import { mustBe, NotAsItMustBe } from '../first-run/must.ts';

const WAIT_SECONDS = 60;

/**
 * `asked`: called once the request waits.
 *
 * @throws NotAsItMustBe unless a setosa is recognised in time
 */
export async function askQueue(
  { runtime, s3 }: LocalClients,
  EndpointName: string,
  asked: () => void = () => {},
): Promise<void> {
  const Body = new TextEncoder().encode(JSON.stringify({ instances: [[5.1, 3.5, 1.4, 0.2]] }));
  const request = new InvokeEndpointAsyncCommand({ EndpointName, ContentType: 'application/json', Body });
  const { OutputLocation = '' } = await runtime.send(request);
  asked();
  const place = parseS3Uri(OutputLocation);
  if (place === null) throw new NotAsItMustBe(`The answer must come as an object, not as ${OutputLocation}.`);
  for (let waited = 0; waited < 10 * WAIT_SECONDS; waited++) {
    try {
      const { Body: answer } = await s3.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key }));
      const { predictions } = JSON.parse(await answer!.transformToString()) as {
        predictions: { predicted_class: string }[];
      };
      return mustBe('The kind of the flower', predictions[0]?.predicted_class, 'setosa');
    } catch (error) {
      if ((error as Error).name !== 'NoSuchKey') throw error;
      await sleep(100);
    }
  }
  throw new NotAsItMustBe(`An answer must come to ${OutputLocation} within ${WAIT_SECONDS} s, and did not.`);
}
