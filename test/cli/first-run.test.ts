// The first run must notice what is not as it must be; that it comes to its end is shown by running it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationAutoScalingClient, DescribeScalableTargetsCommand } from '@aws-sdk/client-application-auto-scaling';
import { ModelError, type SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type { Cloud } from '../../local/cloud/cloud.ts';
import { descendants } from '../../local/first-run/descendants.ts';
import { predict, refusal } from '../../local/first-run/predict.ts';
import { readScaling } from '../../local/first-run/read-scaling.ts';
import { stopCloud } from '../../local/first-run/stop-cloud.ts';

const kinds = ['setosa', 'versicolor', 'virginica'];

/** Answers as the serving image does, with what a test changes. */
function runtime(change: (prediction: Record<string, unknown>, index: number) => void = () => {}) {
  const send = async ({ input }: { input: { Body: string } }) => {
    const { instances } = JSON.parse(input.Body) as { instances: number[][] };
    const predictions = instances.map((instance, index) => {
      const prediction = { predicted_class: kinds[index], confidence: 0.97, input_features: { ...instance } };
      change(prediction, index);
      return prediction;
    });
    return { Body: { transformToString: () => JSON.stringify({ predictions }) } };
  };
  return { send } as unknown as SageMakerRuntimeClient;
}

test('three right predictions', async () => {
  const predictions = await predict(runtime(), 'iris');
  expect(predictions.map(({ predictedClass }) => predictedClass)).toEqual(kinds);
});

test.each<[string, SageMakerRuntimeClient, RegExp]>([
  [
    'a wrong kind',
    runtime((each, index) => index === 1 && Object.assign(each, { predicted_class: 'setosa' })),
    /must be "versicolor", and is "setosa"/,
  ],
  [
    'other features',
    runtime((each) => Object.assign(each, { input_features: { a: 1 } })),
    /The features .* must be \[5.1,3.5,1.4,0.2\]/,
  ],
  [
    'no confidence',
    runtime((each) => Object.assign(each, { confidence: Number.NaN })),
    /confidence in the setosa must be above 0\.5/,
  ],
])('%s is noticed', async (_, client, said) => {
  await expect(predict(client, 'iris')).rejects.toThrow(said);
});

test('a malformed row must be refused with 400, and by nothing else', async () => {
  const failing = (status: number) => {
    const error = new ModelError({
      message: '',
      $metadata: {},
      OriginalStatusCode: status,
      OriginalMessage: '{"error":"no"}',
    });
    return { send: () => Promise.reject(error) } as unknown as SageMakerRuntimeClient;
  };
  await expect(refusal(failing(400), 'iris')).resolves.toBe('no');
  await expect(refusal(failing(500), 'iris')).rejects.toThrow('must be ["ModelError",400], and is ["ModelError",500]');
  await expect(refusal(runtime(), 'iris')).rejects.toThrow('must be refused, and was answered');
});

test.each([
  [{ MinCapacity: 1, MaxCapacity: 5 }, 70, null],
  [{ MinCapacity: 0, MaxCapacity: 5 }, 70, /must be \[1,5,.*,70\], and is \[0,5,/],
  [{ MinCapacity: 1, MaxCapacity: 5 }, 7, /and is \[1,5,.*,7\]/],
])('scaling of %j at %s', async (capacity, TargetValue, said) => {
  const client = new ApplicationAutoScalingClient({ region: 'us-east-1' });
  client.send = (async (command: unknown) =>
    command instanceof DescribeScalableTargetsCommand
      ? { ScalableTargets: [capacity] }
      : {
          ScalingPolicies: [
            {
              TargetTrackingScalingPolicyConfiguration: {
                TargetValue,
                PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
              },
            },
          ],
        }) as typeof client.send;
  const read = readScaling(client, 'iris');
  await (said === null ? expect(read).resolves.toMatchObject({ minimum: 1 }) : expect(read).rejects.toThrow(said));
});

describe('after the clean-up', () => {
  // Jest itself has children, such as the compiler of the tests.
  let before: number[] = [];
  beforeAll(async () => {
    before = await descendants();
  });
  const ours = async () => (await descendants()).filter((pid) => !before.includes(pid));
  const cloud = (directory: string, endpointUrl: string, stop: () => Promise<void>) =>
    ({ directory, endpointUrl, stop }) as unknown as Cloud;
  const gone = join(tmpdir(), 'never-there');

  test('a process that goes on is noticed', async () => {
    const child = spawn('sleep', ['60']);
    try {
      const stopping = stopCloud(
        cloud(gone, 'http://127.0.0.1:1', async () => {}),
        ours,
      );
      await expect(stopping).rejects.toThrow(`The processes left running must be [], and is [${child.pid}].`);
    } finally {
      child.kill('SIGKILL');
    }
  }, 15_000);

  test('a process that ends a moment later is none', async () => {
    const child = spawn('sleep', ['60']);
    const stop = async () => {
      setTimeout(() => child.kill(), 300);
    };
    await expect(stopCloud(cloud(gone, 'http://127.0.0.1:1', stop), ours)).resolves.toBeGreaterThanOrEqual(1);
  });

  test('files that stay are noticed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'left-'));
    await expect(
      stopCloud(
        cloud(directory, 'http://127.0.0.1:1', async () => {}),
        ours,
      ),
    ).rejects.toThrow('left must be false');
    rmSync(directory, { recursive: true });
    expect(existsSync(directory)).toBe(false);
  });

  test('a server that still listens is noticed', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stopping = expect(
      stopCloud(
        cloud(gone, url, async () => {}),
        ours,
      ),
    ).rejects.toThrow(`${url} still listens must be false`);
    await stopping.finally(() => server.close());
  });
});
