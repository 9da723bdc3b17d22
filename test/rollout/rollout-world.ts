// One account on virtual time: the real machine, the real tasks, the real SDK clients, against simulated SageMaker hosting.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { applicationAutoScaling } from '../../lambdas/aws/application-auto-scaling.ts';
import { cloudWatchAlarms } from '../../lambdas/aws/cloudwatch-alarms.ts';
import { cloudWatchMetricQueries } from '../../lambdas/aws/cloudwatch-metric-queries.ts';
import { sageMakerEndpointConfigs } from '../../lambdas/aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../../lambdas/aws/sagemaker-endpoints.ts';
import { sageMakerInvocations } from '../../lambdas/aws/sagemaker-invocations.ts';
import { sageMakerModels } from '../../lambdas/aws/sagemaker-models.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { Executions } from '../../lambdas/ports/executions.ts';
import { checkCandidate } from '../../lambdas/tasks/check-candidate.ts';
import { checkEndpoint } from '../../lambdas/tasks/check-endpoint.ts';
import { checkRollback } from '../../lambdas/tasks/check-rollback.ts';
import { createAlarms } from '../../lambdas/tasks/create-alarms.ts';
import { createEndpointConfig } from '../../lambdas/tasks/create-endpoint-config.ts';
import { createModel } from '../../lambdas/tasks/create-model.ts';
import { deleteAlarms } from '../../lambdas/tasks/delete-alarms.ts';
import { deleteCandidate } from '../../lambdas/tasks/delete-candidate.ts';
import { deployCandidate } from '../../lambdas/tasks/deploy-candidate.ts';
import { deployEndpoint } from '../../lambdas/tasks/deploy-endpoint.ts';
import { judgeFleet } from '../../lambdas/tasks/judge-fleet.ts';
import { leaseEndpoint } from '../../lambdas/tasks/lease-endpoint.ts';
import { planRollout } from '../../lambdas/tasks/plan-rollout.ts';
import { recordOutcome } from '../../lambdas/tasks/record-outcome.ts';
import { registerScaling } from '../../lambdas/tasks/register-scaling.ts';
import { retireEndpoint } from '../../lambdas/tasks/retire-endpoint.ts';
import { retireSuperseded } from '../../lambdas/tasks/retire-superseded.ts';
import { rollBack } from '../../lambdas/tasks/roll-back.ts';
import { runCanary } from '../../lambdas/tasks/run-canary.ts';
import { sendGoldenTraffic } from '../../lambdas/tasks/send-golden-traffic.ts';
import { verifyCandidate } from '../../lambdas/tasks/verify-candidate.ts';
import type { ContainerAnswer } from '../../local/hosting/fleet.ts';
import { Hosting, type HostingOptions } from '../../local/hosting/hosting.ts';
import { InProcessFleet } from '../../local/hosting/in-process-fleet.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { PlanOutput, RequestOutput } from '../../state-machine/contract/outputs.ts';
import type { ResolvedRequest, Upload } from '../../state-machine/contract/resolved-request.ts';
import type { StepName } from '../../state-machine/contract/steps.ts';
import { inMemoryArtifactStore } from '../ports/artifact-store.ts';
import { inMemoryContainerLogs } from '../ports/container-logs.ts';
import { inMemoryDocuments } from '../ports/documents.ts';
import { inMemoryLeases } from '../ports/leases.ts';
import { inMemoryLedger } from '../ports/ledger.ts';
import { inMemoryUploads } from '../ports/uploads.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';
import { type Handler, type Run, runMachine } from '../state-machine/run-machine.ts';

const asl = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../state-machine/rollout.asl.json'), 'utf8'));
const BUCKET = 'models-bucket';
export const STACK = 'SageMakerDeployer';
const RETAINED_RELEASES = 3;
const ROLE = 'arn:aws:iam::000000000000:role/execution';

/** What a test wants rolled out: the accepted request and artifact, as the beginning of the rollout would have left them. */
export interface Wish {
  artifactSha256?: string;
  request?: Partial<ResolvedRequest>;
  goldenCases?: object | null;
  /** The upload whose own event starts it. */
  upload?: Upload | null;
}

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

export class RolloutWorld {
  now = Date.UTC(2026, 0, 1);
  readonly hosting: Hosting;
  readonly documents = inMemoryDocuments(BUCKET);
  readonly leases = inMemoryLeases();
  readonly ledger = inMemoryLedger([], this.leases);
  readonly containerLogs = inMemoryContainerLogs();
  readonly uploads = inMemoryUploads(BUCKET);
  /** Executions that are over, by ARN; all others are found running. */
  readonly over = new Map<string, string>();
  readonly executions: Executions = {
    find: async (arn) => {
      const stoppedAt = this.over.get(arn) ?? null;
      const status = stoppedAt === null ? 'RUNNING' : 'ABORTED';
      return { isRunning: stoppedAt === null, status, startedAt: '2026-01-01T00:00:00.000Z', stoppedAt, input: {} };
    },
    listRunning: async () => new Set<string>(),
    listEnded: async () => [],
    start: async () => false,
  };
  /** What was announced, the newest last. */
  readonly outcomes: Outcome[] = [];
  /** Answers of the containers by artifact; default: the artifact's sha256. */
  answer: (modelDataUrl?: string, endpointName?: string) => ContainerAnswer | Promise<ContainerAnswer> = answerOf;
  /** Called before every task, retries included: for faultPlan at a certain step. May throw, as the task would. */
  beforeTask: (step: StepName, payload: Record<string, unknown>) => void | Promise<void> = () => {};
  readonly sagemaker: SageMakerClient;
  readonly autoScaling: ApplicationAutoScalingClient;
  readonly cloudwatch: CloudWatchClient;
  /** What the machine calls. */
  readonly handlers: Record<StepName, Handler>;
  #lastPlan: PlanOutput | null = null;
  #rollouts = 0;

  constructor(options: HostingOptions = {}) {
    this.hosting = new Hosting({
      now: () => this.now,
      provisioning: () => 300_000,
      fleet: new InProcessFleet({ answer: (_request, spec) => this.answer(spec.modelDataUrl, spec.endpointName) }),
      ...options,
    });
    const client = { ...this.hosting.client(), maxAttempts: 1 };
    this.sagemaker = new SageMakerClient(client);
    this.autoScaling = new ApplicationAutoScalingClient(client);
    this.cloudwatch = new CloudWatchClient(client);
    const runtime = new SageMakerRuntimeClient(client);
    const clock: Clock = {
      now: () => new Date(this.now),
      remainingMilliseconds: () => 60_000,
      sleep: async (milliseconds) => {
        this.now += milliseconds;
      },
    };
    const ports = {
      clock,
      documents: this.documents,
      artifacts: inMemoryArtifactStore(this.documents),
      ledger: this.ledger,
      leases: this.leases,
      executions: this.executions,
      uploads: this.uploads,
      containerLogs: this.containerLogs,
      endpoints: sageMakerEndpoints(this.sagemaker),
      endpointConfigs: sageMakerEndpointConfigs(this.sagemaker),
      models: sageMakerModels(this.sagemaker, ROLE),
      scaling: applicationAutoScaling(this.autoScaling),
      invocations: sageMakerInvocations(runtime, clock),
      alarms: cloudWatchAlarms(this.cloudwatch),
      metrics: cloudWatchMetricQueries(this.cloudwatch),
    };
    const tasks = {
      LeaseEndpoint: leaseEndpoint(ports),
      PlanRollout: planRollout(ports, STACK),
      CreateModel: createModel(ports),
      CreateEndpointConfig: createEndpointConfig(ports),
      DeployCandidate: deployCandidate(ports),
      CheckCandidate: checkCandidate(ports),
      VerifyCandidate: verifyCandidate(ports),
      DeleteCandidate: deleteCandidate(ports),
      CreateAlarms: createAlarms(ports),
      DeployEndpoint: deployEndpoint(ports),
      CheckEndpoint: checkEndpoint(ports),
      SendGoldenTraffic: sendGoldenTraffic(ports),
      JudgeFleet: judgeFleet(ports),
      DeleteAlarms: deleteAlarms(ports),
      RegisterScaling: registerScaling(ports),
      RunCanary: runCanary(ports),
      RetireSuperseded: retireSuperseded(ports, STACK, RETAINED_RELEASES),
      RetireEndpoint: retireEndpoint(ports, STACK),
      RollBack: rollBack(ports, RETAINED_RELEASES),
      CheckRollback: checkRollback(ports),
      RecordOutcome: recordOutcome({
        ...ports,
        announcements: { announce: async (outcome) => void this.outcomes.push(outcome) },
      }),
    };
    this.handlers = Object.fromEntries(
      Object.entries(tasks).map(([step, task]) => [
        step,
        (payload: unknown) => this.#perform(step as StepName, task as Handler, payload),
      ]),
    ) as Record<StepName, Handler>;
  }

  /** One rollout from start to end; time passes as its waits and retries let it. */
  async rollOut({
    artifactSha256 = SHA_1,
    request = {},
    goldenCases = goldenCasesOf(artifactSha256),
    upload = null,
  }: Wish = {}): Promise<Run & { outcome: Outcome | undefined }> {
    const rolloutId = `rollout-${++this.#rollouts}`;
    const document = await this.documents.write(
      `rollouts/iris/${rolloutId}/request.json`,
      aResolvedRequest({ environment: { LEVEL: 'info' }, tags: { team: 'flowers' }, ...request }),
    );
    const resolved: RequestOutput = {
      action: 'deploy',
      recovers: null,
      resolvedAt: '',
      trigger: null,
      problems: [],
      endpointName: 'iris',
      upload,
      servedArtifactSha256: null,
      servableModelFiles: null,
      document,
      correlationId: null,
      startedByKey: upload?.key ?? null,
    };
    const artifact = {
      verdict: 'accepted',
      problems: [],
      sha256: artifactSha256,
      location: await this.documents.write(`artifacts/iris/${artifactSha256}/model.tar.gz`, null),
      goldenCases:
        goldenCases && (await this.documents.write(`artifacts/iris/${artifactSha256}/golden.json`, goldenCases)),
      archive: 'accepted',
      inspected: null,
      failure: null,
    };
    const handlers = {
      ...this.handlers,
      ResolveRequest: async () => ({ ...resolved, resolvedAt: new Date(this.now).toISOString() }),
      InspectArtifact: async () => artifact,
    };
    const startedAt = new Date(this.now).toISOString();
    const announced = this.outcomes.length;
    const run = await runMachine(asl, handlers as Record<StepName, Handler>, {}, { name: rolloutId, startedAt });
    const outcome = this.outcomes.slice(announced).find((each) => each.rolloutId === rolloutId);
    return { ...run, outcome };
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

  async #perform(step: StepName, task: Handler, payload: unknown): Promise<unknown> {
    const waited = payload as Record<string, { waitSeconds: number } | null | undefined>;
    const { deployment, rollback } = waited;
    // The waits before the task, which the engine leaves out.
    if (step === 'CheckEndpoint') this.now += (deployment?.waitSeconds ?? 0) * 1000;
    if (step === 'CheckCandidate') this.now += (waited.candidate?.waitSeconds ?? 0) * 1000;
    if (step === 'DeleteCandidate') this.now += (waited.candidateRemoval?.waitSeconds ?? 0) * 1000;
    if (step === 'LeaseEndpoint') this.now += (waited.lease?.waitSeconds ?? 0) * 1000;
    if (step === 'CheckRollback') this.now += (rollback?.waitSeconds ?? 0) * 1000;
    if (step === 'PlanRollout' && this.#lastPlan?.verdict === 'wait') this.now += this.#lastPlan.waitSeconds * 1000;
    try {
      await this.beforeTask(step, payload as Record<string, unknown>);
      const output = await task(payload as Record<string, unknown>);
      if (step === 'PlanRollout') this.#lastPlan = output as PlanOutput;
      this.now += 200;
      return output;
    } catch (error) {
      // The retry's wait, of which the machine draws a part.
      this.now += 10_000;
      throw error;
    }
  }
}
