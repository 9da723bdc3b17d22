// One simulated account: the stack's functions and machine, the services that they call, and everything that happens to them.
import { ASYNC_FOLDER } from '../../lambdas/core/naming/object-keys.ts';
import { AwsError } from '../../local/hosting/aws-error.ts';
import type { ContainerAnswer } from '../../local/hosting/fleet.ts';
import { Hosting, type HostingOptions } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import { seeded } from '../../local/hosting/seeded.ts';
import type { Service } from '../../local/hosting/service-model.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Json, Machine } from '../engine/asl.ts';
import { Execution } from '../engine/execution.ts';
import { TaskTokens } from '../engine/task-tokens.ts';
import { VirtualTime } from '../engine/virtual-time.ts';
import { answerOf, descriptionOf } from './archives.ts';
import { bucketStore } from './aws/bucket-store.ts';
import { DynamoDb } from './aws/dynamodb.ts';
import { EventBridge } from './aws/event-bridge.ts';
import { isGranted } from './aws/grants.ts';
import { callHosting } from './aws/hosting-calls.ts';
import { refusePastSchedules } from './aws/past-schedules.ts';
import { S3 } from './aws/s3.ts';
import { sdkError } from './aws/service-error.ts';
import { callStepFunctions, type StepFunctionsOfAccount } from './aws/step-functions.ts';
import type { SimulatedFunction } from './functions.ts';
import { type AccountCall, Invocation } from './invocation.ts';
import { millisecondsOf } from './queued-request.ts';
import { ACCOUNT, IMAGE_DIGEST, PLATFORM, REGION, STACK, WAKER } from './stack-names.ts';

export interface JournalledCall extends AccountCall {
  readonly at: number;
  /** Code of the error that it was answered with. */
  error: string | null;
  /** Whether the service carried it out, whatever was answered. */
  tookEffect: boolean;
}

/** Stands around every call, as the hosting simulator's interceptor does: `next` has the effect. */
export type Interceptor = (call: AccountCall, next: () => Promise<object>) => Promise<object>;

export interface AccountOptions {
  readonly seed?: number;
  readonly machine: Machine;
  readonly functions: Readonly<Record<string, SimulatedFunction>>;
  readonly hosting?: HostingOptions;
  readonly sdkAttempts?: number;
  readonly startedAt?: number;
  /** Calls are made with credentials that may do everything. */
  readonly isUnlimited?: boolean;
}

const HOSTED: readonly string[] = ['sagemaker', 'sagemaker-runtime', 'application-autoscaling', 'cloudwatch'];
export const isHosted = (service: string) => HOSTED.includes(service);
export const STARTED_AT = Date.UTC(2026, 0, 1);

/** Of a serverless endpoint; longer than a canary allows an answer to take. */
const COLD_START_MILLISECONDS = 7_000;

export class Account {
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly hosting: Hosting;
  s3: S3;
  dynamoDb: DynamoDb;
  readonly executions = new Map<string, Execution>();
  readonly tokens: TaskTokens;
  /** Null where no function is given events. */
  readonly endpointEvents: EventBridge | null;
  /** Outcomes in the order in which they were announced to the bus. */
  readonly announced: Outcome[] = [];
  readonly mails: string[] = [];
  readonly calls: JournalledCall[] = [];
  /** Calls that the role of their function does not allow. */
  readonly ungranted: JournalledCall[] = [];
  sdkAttempts: number;
  /** How long SageMaker takes for a change. Short, because each look at it is a call; a scenario may need it longer. */
  provisioningMilliseconds = 12_000;
  interceptor: Interceptor = (_, next) => next();
  watch: (execution: Execution, moment: 'entering' | 'left', state: string) => void = () => {};
  ended: (execution: Execution) => void = () => {};
  /** Told of every call of a function: when it took effect, or once it was answered without. */
  observe: (call: JournalledCall) => void = () => {};
  /** Answers of a model's container, behind some endpoint. */
  answer: (modelDataUrl: string | undefined, endpointName: string) => ContainerAnswer | Promise<ContainerAnswer>;
  /** What a model says of itself. */
  description: (modelDataUrl: string | undefined) => object | null = descriptionOf;
  /** What an upload that is served where it lies is made of. */
  readonly shaOfKey = new Map<string, string>();
  /** What new executions follow: a stack may be updated while one runs. */
  machine: Machine;
  readonly #isUnlimited: boolean;
  readonly #stepFunctions: StepFunctionsOfAccount;
  readonly #functions: Readonly<Record<string, SimulatedFunction>>;

  constructor({
    seed = 1,
    machine,
    functions,
    hosting,
    sdkAttempts = 3,
    startedAt = STARTED_AT,
    isUnlimited = false,
  }: AccountOptions) {
    this.#isUnlimited = isUnlimited;
    this.time = new VirtualTime(startedAt);
    this.random = seeded(seed);
    this.tokens = new TaskTokens(() => this.time.now);
    this.#stepFunctions = {
      ...{ executions: this.executions, tokens: this.tokens },
      start: (name, input) => this.start(name, input),
      now: () => this.time.now,
    };
    this.sdkAttempts = sdkAttempts;
    this.machine = machine;
    this.#functions = functions;
    this.s3 = new S3(PLATFORM.bucketName, () => this.time.now);
    this.dynamoDb = new DynamoDb();
    this.answer = answerOf;
    this.endpointEvents = WAKER in functions ? this.#eventBridge(seed) : null;
    this.hosting = new Hosting({
      onEvent: this.endpointEvents?.take,
      now: () => this.time.now,
      provisioning: ({ change }) => (change === 'delete' ? 3_000 : this.provisioningMilliseconds),
      random: this.random,
      serverless: { coldStartMs: COLD_START_MILLISECONDS, sleep: (milliseconds) => this.time.sleep(milliseconds) },
      interceptor: refusePastSchedules(() => this.time.now),
      asyncStore: bucketStore(() => this.s3),
      fleet: new InProcessFleet({
        answer: (_request, spec) => this.answer(spec.modelDataUrl, spec.endpointName),
        description: ({ modelDataUrl }) => this.description(modelDataUrl),
        tookMs: millisecondsOf,
      }),
      ...hosting,
    });
  }

  #eventBridge(seed: number): EventBridge {
    const { time } = this;
    return new EventBridge({ time, seed, hosting: () => this.hosting, invoke: (event) => this.invoke(WAKER, event) });
  }

  /** StartExecution, by name idempotent as AWS's is. */
  start(name: string, input: Json): Execution {
    const arn = `arn:aws:states:${REGION}:${ACCOUNT}:execution:${STACK}-Rollout:${name}`;
    const existing = this.executions.get(arn);
    if (existing !== undefined) {
      if (existing.status === 'RUNNING' && JSON.stringify(existing.input) === JSON.stringify(input)) return existing;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution = new Execution(
      this.machine,
      {
        time: this.time,
        random: this.random,
        invoke: (resource, payload) => this.#invoke(resource, name, payload),
        tokens: this.tokens,
        watch: (each, moment, state) => this.watch(each, moment, state),
        ended: (each) => this.ended(each),
      },
      { arn, name, input },
    );
    this.executions.set(arn, execution);
    return execution;
  }

  #invoke(resource: string, executionName: string | null, payload: Json): Promise<Json> {
    const called = this.#functions[resource.slice(resource.lastIndexOf(':') + 1)];
    if (called === undefined) throw new Error(`There is no function ${resource}.`);
    return new Invocation(this, called, executionName).run(payload);
  }

  /** A function that something else than the machine invokes: a schedule, an event. */
  invoke(name: string, payload: Json): Promise<Json> {
    return this.#invoke(name, null, payload);
  }

  /** Answers a call of a function. Rejects with what an SDK client throws. */
  async take(call: AccountCall): Promise<object> {
    const entry: JournalledCall = { ...call, at: this.time.now, error: null, tookEffect: false };
    this.calls.push(entry);
    try {
      if (!this.#isUnlimited && !isGranted(call.by.of.granted, call.service, call.operation, call.input)) {
        this.ungranted.push(entry);
        throw new AwsError('AccessDeniedException', `${call.by.of.name} may not ${call.service}:${call.operation}`);
      }
      return await this.interceptor(call, async () => {
        const output = await this.perform(call);
        entry.tookEffect = true;
        // At the moment of its effect, which may be long after its caller has given up.
        this.observe(entry);
        return output;
      });
    } catch (error) {
      entry.error = error instanceof AwsError ? error.code : (error as Error).name;
      throw sdkError(error);
    } finally {
      if (!entry.tookEffect) this.observe(entry);
    }
  }

  /** Carries a call out. */
  async perform({ service, operation, input }: Omit<AccountCall, 'by'>): Promise<object> {
    if (isHosted(service)) return callHosting(this.hosting, service as Service, operation, input);
    switch (service) {
      case 's3':
        // Whoever looks for an answer finds what has come by now.
        if (String(input.Key).startsWith(ASYNC_FOLDER)) await this.hosting.settled();
        return this.s3.perform(operation, input);
      case 'dynamodb':
        return this.dynamoDb.perform(operation, input);
      case 'ecr':
        return image(operation);
      case 'sns':
        this.mails.push(String(input.Subject));
        return { MessageId: 'simulated' };
      case 'eventbridge': {
        const entries = input.Entries as { Detail: string }[];
        for (const { Detail } of entries) this.announced.push(JSON.parse(Detail));
        return { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: 'simulated' })) };
      }
      case 'cloudwatch-logs':
        if (operation === 'FilterLogEvents') return { events: [] };
        if (operation === 'PutRetentionPolicy') return {};
        throw new Error(`The simulated CloudWatch Logs does not answer ${operation}.`);
      default:
        return callStepFunctions(this.#stepFunctions, operation, input);
    }
  }
}

const MEDIA_TYPE = 'application/vnd.docker.distribution.manifest.v2+json';
const manifest = JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE, layers: [] });

function image(operation: string): object {
  if (operation !== 'BatchGetImage') throw new Error(`The simulated ECR does not answer ${operation}.`);
  const imageId = { imageDigest: IMAGE_DIGEST };
  return { images: [{ imageId, imageManifest: manifest, imageManifestMediaType: MEDIA_TYPE }] };
}
