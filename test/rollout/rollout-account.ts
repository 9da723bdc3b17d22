// The simulated account, with rollouts of requests and artifacts that were accepted already: everything after that is as deployed.
import { artifactKey } from '../../lambdas/core/naming/object-keys.ts';
import type { ContainerAnswer } from '../../local/hosting/fleet.ts';
import type { Hosting, HostingOptions } from '../../local/hosting/hosting.ts';
import type { Execution } from '../../simulate/engine/execution.ts';
import { Account } from '../../simulate/world/account.ts';
import { Clients } from '../../simulate/world/aws/clients.ts';
import { sdkError } from '../../simulate/world/aws/service-error.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { type SimulatedFunction, tasks, type World } from '../../simulate/world/functions.ts';
import { PLATFORM, STACK } from '../../simulate/world/stack-names.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { ArtifactOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { DocumentRef, ResolvedRequest, Upload } from '../../state-machine/contract/resolved-request.ts';
import type { StepName } from '../../state-machine/contract/steps.ts';
import { waits } from '../../state-machine/contract/waits.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

export { STACK };

/** What a test wants rolled out: the accepted request and artifact, as the beginning of the rollout would have left them. */
export interface Wish {
  artifactSha256?: string;
  request?: Partial<ResolvedRequest>;
  /** The artifact of each variant that the request names. */
  artifactOf?: Record<string, string>;
  goldenCases?: object | null;
  /** The upload whose own event starts it. */
  upload?: Upload | null;
}

/** How it ended; `outcome`: as it was announced. */
export type Ended = Pick<Execution, 'output' | 'error' | 'cause' | 'states' | 'caught' | 'retried' | 'events'> & {
  succeeded: boolean;
  largestStateBytes: number;
  outcome: Outcome | undefined;
};

/** The model of an artifact answers every invocation with its sha256, unless a test says otherwise. */
export const answerOf = (modelDataUrl = ''): ContainerAnswer => ({
  status: 200,
  headers: { 'x-amzn-sagemaker-custom-attributes': `model-sha256=${modelDataUrl.split('/')[5]}` },
  body: JSON.stringify({ artifact: modelDataUrl.split('/')[5] }),
});
export const goldenCasesOf = (artifactSha256: string) => ({
  cases: [
    { name: 'names its artifact', request: { body: {} }, expect: { status: 200, json: { artifact: artifactSha256 } } },
  ],
});
export const SHA_1 = '1'.repeat(64);
export const SHA_2 = '2'.repeat(64);

interface Accepted {
  readonly request: RequestOutput;
  readonly artifact: ArtifactOutput;
}

const BUCKET = PLATFORM.bucketName;
const PROVISIONING_MILLISECONDS = 300_000;

/** The execution's name is the rollout's. */
const rolloutOf = (payload: unknown) => (payload as { execution: { name: string } }).execution.name;

export class RolloutAccount extends Account {
  /** Called before every task, retries included: for faults at a certain step. May throw, as the task would. */
  beforeTask: (step: StepName, payload: Record<string, unknown>) => void | Promise<void> = () => {};
  /** What a function has of the world: a test may give one clients of its own. */
  worldOf: (step: StepName, world: World) => World = (_step, world) => world;
  /** What somebody calls who is not this system. It takes no time. */
  readonly clients: Clients;
  readonly #accepted: Map<string, Accepted>;

  constructor(hosting: HostingOptions = {}) {
    const accepted = new Map<string, Accepted>();
    const { machine, functions } = engineAsItIs();
    const given: Partial<Record<string, SimulatedFunction['run']>> = {
      ResolveRequest: async (_world, payload) => accepted.get(rolloutOf(payload))!.request,
      InspectArtifact: async (_world, payload) => accepted.get(rolloutOf(payload))!.artifact,
    };
    const announced = Object.keys(tasks).map((step): [string, SimulatedFunction] => {
      const run = given[step] ?? functions[step]!.run;
      return [
        step,
        {
          ...functions[step]!,
          run: async (world, payload) => {
            await this.beforeTask(step as StepName, payload as Record<string, unknown>);
            return run(this.worldOf(step as StepName, world), payload);
          },
        },
      ];
    });
    super({
      machine,
      // Those of the waits are as they are deployed.
      functions: { ...functions, ...Object.fromEntries(announced) },
      hosting: { provisioning: () => PROVISIONING_MILLISECONDS, ...hosting },
      // Each call that fails is for the machine to cope with.
      sdkAttempts: 1,
    });
    this.#accepted = accepted;
    this.answer = answerOf;
    this.clients = new Clients((service, operation, input) =>
      this.perform({ service, operation, input }).catch((error) => Promise.reject(sdkError(error))),
    );
  }

  /** One rollout from start to end. */
  async rollOut(wish: Wish = {}): Promise<Ended> {
    return this.endOf(this.begin(wish));
  }

  begin({
    artifactSha256 = SHA_1,
    request = {},
    artifactOf,
    goldenCases = goldenCasesOf(artifactSha256),
    upload = null,
  }: Wish = {}): Execution {
    const name = `rollout-${this.executions.size + 1}`;
    this.#accepted.set(name, {
      request: {
        ...{ action: 'deploy', recovers: null, trigger: null, problems: [], endpointName: 'iris', upload },
        ...{ servedArtifactSha256: null, servableModelFiles: null, correlationId: null },
        resolvedAt: new Date(this.time.now).toISOString(),
        startedByKey: upload?.key ?? null,
        document: this.#write(
          `rollouts/iris/${name}/request.json`,
          aResolvedRequest({ environment: { LEVEL: 'info' }, tags: { team: 'flowers' }, ...request }),
        ),
      },
      artifact: {
        ...{ verdict: 'accepted', problems: [], archive: 'accepted', inspected: null, failure: null },
        sha256: artifactSha256,
        location: this.#write(artifactKey('iris', artifactSha256, 'model.tar.gz'), null),
        goldenCases: goldenCases && this.#write(artifactKey('iris', artifactSha256, 'golden.json'), goldenCases),
        ...(artifactOf !== undefined && {
          variants: Object.entries(artifactOf).map(([variantName, sha256]) => ({
            ...{ variantName, sha256, inspected: null },
            location: this.#write(artifactKey('iris', sha256, 'model.tar.gz'), null),
            goldenCases: goldenCases && this.#write(artifactKey('iris', sha256, 'golden.json'), goldenCasesOf(sha256)),
          })),
        }),
      },
    });
    return this.start(name, {});
  }

  async endOf(execution: Execution): Promise<Ended> {
    await this.time.run(() => execution.status !== 'RUNNING');
    const { name, status, output, error, cause, states, caught, retried, events, largestStateBytes } = execution;
    if (status === 'RUNNING') throw new Error(`${name} waits for ever in ${execution.position.state}.`);
    const outcome = this.announced.find(({ rolloutId }) => rolloutId === name);
    return {
      ...{ succeeded: status === 'SUCCEEDED', output, error, cause, states, retried, events },
      // A wait that nobody ended is caught as it should be.
      caught: caught.filter((state) => !Object.hasOwn(waits, state)),
      ...{ largestStateBytes, outcome },
    };
  }

  /** Nothing but time passes, and what is under way goes on. */
  async pass(milliseconds: number): Promise<void> {
    await this.time.run(() => false, this.time.now + milliseconds);
  }

  /** All that is alive, but for when an image's tag was looked up. */
  alive(): ReturnType<Hosting['snapshot']> {
    return JSON.parse(
      JSON.stringify(this.hosting.snapshot(), (key, value) => (key === 'ResolutionTime' ? undefined : value)),
    );
  }

  /** The calls that changed something. */
  mutations(): string[] {
    return this.hosting.calls
      .filter(({ operation, errorCode }) => !/^(Describe|List|Get|Invoke)/.test(operation) && errorCode === undefined)
      .map(({ operation }) => operation);
  }

  #write(key: string, content: unknown): DocumentRef {
    this.s3.put(key, Buffer.from(JSON.stringify(content)));
    return { bucket: BUCKET, key };
  }
}
