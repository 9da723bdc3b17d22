// The local cloud as a whole: MiniStack, the hosting simulator, the gateway in front of both, and the app deployed into it.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requiredOfExecutionRole } from '../../infra/authorisation-networks.ts';
import { requiredFor } from '../../infra/authorisations.ts';
import type { TagsOf } from '../gateway/authorise.ts';
import type { Faults } from '../gateway/faults.ts';
import {
  type Gateway,
  type GatewayOptions,
  type LocalService,
  startGateway,
  type VolumeKeyOf,
} from '../gateway/gateway.ts';
import type { Journal } from '../gateway/journal.ts';
import { type LocalHosting, type StartHostingOptions, startHosting } from '../hosting-service/start-hosting.ts';
import { createTopic } from '../ministack/create-topic.ts';
import { KmsKeys } from '../ministack/kms-keys.ts';
import { type MiniStack, startMiniStack } from '../ministack/ministack.ts';
import { freePort } from '../process/free-port.ts';
import type { CloudEnvironment } from './cloud-environment.ts';
import { type Deployment, type DeployOptions, deploy } from './deploy.ts';
import { publishServingImage } from './publish-serving-image.ts';

/** SageMaker hosting, its runtime and Application Auto Scaling, as the gateway needs them. */
export interface HostingService extends LocalService {
  /** Tags of a model, config, endpoint or scalable target by its ARN, for conditions on aws:ResourceTag. */
  tagsOf: TagsOf;
  /** The key of a configuration, on which its user needs rights. */
  volumeKeyOf?: VolumeKeyOf;
  /** CloudWatch, as far as it concerns endpoints. */
  cloudwatch?: LocalService;
  /** Ends all inference servers. */
  stop(): Promise<void>;
}

type Context = NonNullable<DeployOptions['context']>;

/** What may be made in the account before the app is deployed into it. */
export interface Account {
  /** @returns the ARN of a key of KMS */
  createKey(): Promise<string>;
  /** @returns the ARN of a topic of SNS */
  createTopic(name: string): Promise<string>;
}

export interface CloudOptions<H extends HostingService = LocalHosting>
  extends Pick<DeployOptions, 'app' | 'onStep' | 'signal'> {
  /** CDK context, `-c key=value`; of a function it is asked for once the account is there. */
  context?: Context | ((account: Account) => Promise<Context>);
  /** How long SageMaker takes to create or update an endpoint, beside its containers' own start. Default 3. */
  provisioningSeconds?: number;
  /** The clock of SageMaker's simulator, in milliseconds since 1970. Default: the real one. */
  now?: () => number;
  /** Multiplies the state machine's waits and retry intervals. Default 1: real time. */
  waitScale?: number;
  /** After how many milliseconds each copy of an event of SageMaker's arrives; none: it is lost. Default: as it is drawn. */
  eventDelivery?: () => readonly number[];
  /** Default: the simulator with real inference servers. `directory` goes when the cloud stops. */
  hosting?: (cloud: StartHostingOptions) => H;
  /** What a call to the hosting needs. Default: the table of authorisations. */
  requiredFor?: GatewayOptions['requiredFor'];
}

export interface Cloud<H extends HostingService = LocalHosting> {
  endpointUrl: string;
  env: CloudEnvironment;
  hosting: H;
  /** The calls that passed, by caller, service and operation. */
  journal: Journal;
  faults: Faults;
  /** Of the deployed stacks, by stack name. */
  outputs: Deployment['outputs'];
  functions: string[];
  /** Logs, certificates and the CDK's output; gone after stop(). */
  directory: string;
  /** Resolves when MiniStack ends, asked to or not. */
  ended: Promise<void>;
  /** Ends every process and server of this cloud. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Brings a local cloud up on 127.0.0.1 and free ports; any number may run side by side.
 *
 * @throws when a part does not come up, or `signal` aborts; what had come up is stopped before
 */
export async function startCloud<H extends HostingService = LocalHosting>(
  options: CloudOptions<H> = {},
): Promise<Cloud<H>> {
  const { provisioningSeconds = 3, waitScale, onStep, signal } = options;
  const makeHosting = options.hosting ?? (startHosting as unknown as NonNullable<typeof options.hosting>);
  const directory = await mkdtemp(join(tmpdir(), 'sagemaker-cloud-'));
  let ministack: MiniStack | undefined;
  let hosting: H | undefined;
  let gateway: Gateway | undefined;
  let stopping: Promise<void> | undefined;
  // MiniStack first, so that no function calls what is no longer there; the gateway last, since all speak through it.
  const stopAll = async () => {
    await Promise.all([ministack?.stop(), hosting?.stop()]);
    await gateway?.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  const stop = () => {
    stopping ??= stopAll();
    return stopping;
  };
  try {
    const started = performance.now();
    const ministackPort = await freePort();
    const services: Record<string, LocalService> = {};
    gateway = await startGateway({
      ministackPort,
      services,
      requiredFor: options.requiredFor ?? requiredFor,
      tagsOf: (arn) => hosting?.tagsOf(arn),
      volumeKeyOf: (endpointConfigName) => hosting?.volumeKeyOf?.(endpointConfigName),
    });
    const endpointUrl = gateway.url;
    const env: CloudEnvironment = {
      AWS_ENDPOINT_URL: endpointUrl,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
    const requiredOfRole = requiredOfExecutionRole;
    const sageMakerSecret = randomUUID();
    hosting = makeHosting({
      ...{ ministackPort, region: env.AWS_REGION, directory, provisioningSeconds, requiredOfRole, sageMakerSecret },
      eventDelivery: options.eventDelivery,
      now: options.now,
    });
    for (const name of ['sagemaker', 'sagemaker-runtime', 'application-autoscaling']) services[name] = hosting;
    if (hosting.cloudwatch) services.cloudwatch = hosting.cloudwatch;
    ministack = await startMiniStack({ port: ministackPort, endpointUrl, directory, waitScale, sageMakerSecret });
    onStep?.('start MiniStack', (performance.now() - started) / 1000);
    const keys = new KmsKeys(ministackPort, env.AWS_REGION);
    const context =
      typeof options.context === 'function'
        ? await options.context({
            createKey: () => keys.create(),
            createTopic: (name) => createTopic(ministackPort, name),
          })
        : options.context;
    const { outputs, functions } = await deploy({ ...options, context, directory, env, onStep, signal });
    await publishServingImage(env, outputs);
    const { faults, journal } = gateway;
    return { endpointUrl, env, hosting, journal, faults, outputs, functions, directory, ended: ministack.ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
