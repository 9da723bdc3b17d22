// A local cloud whose SageMaker takes a time of its own for each endpoint, and serves without inference servers.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DEFAULT_STACK_NAME } from '../../client/deployed-stack.ts';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { drawnDelivery } from '../../local/hosting/event-delivery.ts';
import { Hosting } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import { seeded } from '../../local/hosting/seeded.ts';
import { advanceInTime } from '../../local/hosting-service/advance-in-time.ts';
import { endpointEventSender } from '../../local/hosting-service/endpoint-event-sender.ts';
import type { StartHostingOptions } from '../../local/hosting-service/start-hosting.ts';
import { ministackClients } from '../../local/ministack/ministack-clients.ts';
import { ANSWER } from './model-archive.ts';

export interface BenchCloudOptions {
  /** Multiplies the state machine's waits and retry intervals, and the delays of events. */
  waitScale: number;
  /** Of the delays of events. */
  seed: number;
  onStep: (step: string, seconds: number) => void;
  signal: AbortSignal;
}

export interface BenchCloud extends Omit<Cloud<never>, 'hosting'> {
  s3: S3Client;
  sfn: SFNClient;
  dynamoDb: DynamoDBClient;
  sageMaker: SageMakerClient;
  bucketName: string;
  stateMachineArn: string;
  /** Resolves when CreateEndpoint was answered for it; from then on it takes `seconds` until it is in service. */
  created(endpointName: string, seconds: number): Promise<void>;
  /** When it came into service, in seconds since 1970. */
  inServiceAt(endpointName: string): number;
  /** When EventBridge was sent events of it, in seconds since 1970. */
  eventsAt(endpointName: string): readonly number[];
}

export async function startBenchCloud(options: BenchCloudOptions): Promise<BenchCloud> {
  const expected = new Map<string, { seconds: number; answered: () => void }>();
  const eventsAt = new Map<string, number[]>();
  const cloud = await startCloud({ ...options, hosting: (of) => hosting(expected, eventsAt, { ...of, ...options }) });
  const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region } = cloud.env;
  const credentials = { accessKeyId: cloud.env.AWS_ACCESS_KEY_ID, secretAccessKey: cloud.env.AWS_SECRET_ACCESS_KEY };
  const clients = { endpoint, region, credentials };
  const { BucketName, StateMachineArn } = cloud.outputs[DEFAULT_STACK_NAME]!;
  return {
    ...cloud,
    s3: new S3Client({ ...clients, forcePathStyle: true }),
    sfn: new SFNClient(clients),
    dynamoDb: new DynamoDBClient(clients),
    sageMaker: new SageMakerClient(clients),
    bucketName: BucketName!,
    stateMachineArn: StateMachineArn!,
    created: (endpointName, seconds) =>
      new Promise((resolve) => expected.set(endpointName, { seconds, answered: resolve })),
    eventsAt: (endpointName) => eventsAt.get(endpointName) ?? [],
    inServiceAt(endpointName) {
      const entry = cloud.hosting.journal.find(
        (entry) => entry.kind === 'status' && entry.endpoint === endpointName && entry.status === 'InService',
      );
      if (!entry) throw new Error(`${endpointName} was never in service.`);
      return entry.at / 1000;
    },
  };
}

function hosting(
  expected: ReadonlyMap<string, { seconds: number; answered: () => void }>,
  eventsAt: Map<string, number[]>,
  { ministackPort, sageMakerSecret: secret, waitScale, seed }: StartHostingOptions & BenchCloudOptions,
) {
  const { eventBridge } = ministackClients(ministackPort);
  const draw = drawnDelivery(seeded(seed));
  const events = endpointEventSender(eventBridge, {
    secret,
    delivery: () => draw().map((milliseconds) => milliseconds * waitScale),
    sent: ({ detail: { EndpointName } }) =>
      eventsAt.set(EndpointName, [...(eventsAt.get(EndpointName) ?? []), Date.now() / 1000]),
    lost: (why) => console.error(`An event could not be sent: ${why}`),
  });
  const hosting = new Hosting({
    onEvent: events.send,
    fleet: new InProcessFleet({
      answer: () => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(ANSWER),
      }),
    }),
    provisioning: ({ endpointName }) => {
      const endpoint = expected.get(endpointName);
      if (!endpoint) throw new Error(`Nobody said how long ${endpointName} takes.`);
      return endpoint.seconds * 1000;
    },
    async interceptor({ operation, input }, next) {
      const output = await next();
      if (operation === 'CreateEndpoint') expected.get(String(input.EndpointName))?.answered();
      return output;
    },
  });
  const endTime = advanceInTime(hosting);
  return Object.assign(hosting, {
    async stop() {
      endTime();
      events.close();
      await hosting.close();
      eventBridge.destroy();
    },
  });
}
