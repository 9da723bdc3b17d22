// The functions of the stack, each bound to its ports as its handler binds them, with the time and the grants that it has.
import { functionCalls, type GrantedCall } from '../../infra/function-calls.ts';
import { announcements } from '../../lambdas/aws/announcements.ts';
import { applicationAutoScaling } from '../../lambdas/aws/application-auto-scaling.ts';
import { cloudWatchAlarms } from '../../lambdas/aws/cloudwatch-alarms.ts';
import { cloudWatchContainerLogs } from '../../lambdas/aws/cloudwatch-container-logs.ts';
import { cloudWatchMetricQueries } from '../../lambdas/aws/cloudwatch-metric-queries.ts';
import { dynamoDbLeases } from '../../lambdas/aws/dynamodb-leases.ts';
import { dynamoDbLedger } from '../../lambdas/aws/dynamodb-ledger.ts';
import { dynamoDbOutcomeRecords } from '../../lambdas/aws/dynamodb-outcome-records.ts';
import { dynamoDbReleaseSettings } from '../../lambdas/aws/dynamodb-release-settings.ts';
import { dynamoDbSweeperLedger } from '../../lambdas/aws/dynamodb-sweeper-ledger.ts';
import { dynamoDbWakeTokens } from '../../lambdas/aws/dynamodb-wake-tokens.ts';
import { ecrImages } from '../../lambdas/aws/ecr-images.ts';
import { s3ArtifactStore } from '../../lambdas/aws/s3-artifact-store.ts';
import { s3Documents } from '../../lambdas/aws/s3-documents.ts';
import { s3UploadedArchives } from '../../lambdas/aws/s3-uploaded-archives.ts';
import { s3Uploads } from '../../lambdas/aws/s3-uploads.ts';
import { sageMakerAsyncInvocations } from '../../lambdas/aws/sagemaker-async-invocations.ts';
import { sageMakerEndpointConfigs } from '../../lambdas/aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../../lambdas/aws/sagemaker-endpoints.ts';
import { sageMakerInvocations } from '../../lambdas/aws/sagemaker-invocations.ts';
import { sageMakerModels } from '../../lambdas/aws/sagemaker-models.ts';
import { stepFunctionsAnswers } from '../../lambdas/aws/stepfunctions-answers.ts';
import { stepFunctionsExecutions } from '../../lambdas/aws/stepfunctions-executions.ts';
import { readWait } from '../../lambdas/core/waiting/read-wait.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import { awaitChange } from '../../lambdas/tasks/await-change.ts';
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
import { inspectArtifact } from '../../lambdas/tasks/inspect-artifact.ts';
import { judgeFleet } from '../../lambdas/tasks/judge-fleet.ts';
import { leaseEndpoint } from '../../lambdas/tasks/lease-endpoint.ts';
import { planRollout } from '../../lambdas/tasks/plan-rollout.ts';
import { recordOutcome } from '../../lambdas/tasks/record-outcome.ts';
import { registerScaling } from '../../lambdas/tasks/register-scaling.ts';
import { resolveRequest } from '../../lambdas/tasks/resolve-request.ts';
import { retireEndpoint } from '../../lambdas/tasks/retire-endpoint.ts';
import { retireSuperseded } from '../../lambdas/tasks/retire-superseded.ts';
import { rollBack } from '../../lambdas/tasks/roll-back.ts';
import { runCanary } from '../../lambdas/tasks/run-canary.ts';
import { sendGoldenTraffic } from '../../lambdas/tasks/send-golden-traffic.ts';
import { sendVariantTraffic } from '../../lambdas/tasks/send-variant-traffic.ts';
import { shiftWeights } from '../../lambdas/tasks/shift-weights.ts';
import { sweep } from '../../lambdas/tasks/sweep.ts';
import { verifyCandidate } from '../../lambdas/tasks/verify-candidate.ts';
import { wakeRollout } from '../../lambdas/tasks/wake-rollout.ts';
import { type StepName, steps, type Task } from '../../state-machine/contract/steps.ts';
import { AWAIT_CHANGE } from '../../state-machine/contract/waits.ts';
import type { Clients } from './aws/clients.ts';
import { inspectRemembered } from './inspect-remembered.ts';
import { BUS, EXECUTION_ROLE, MACHINE_ARN, PLATFORM, STACK, SWEEPER, TABLE, TOPIC, WAKER } from './stack-names.ts';
import { tryModel } from './try-model.ts';

const SWEPT_PLATFORM = {
  bucketName: PLATFORM.bucketName,
  defaultEndpointName: PLATFORM.settings.defaultEndpointName,
};

const ROLLOUT_STACK = {
  ...{ stackName: STACK, bucketName: PLATFORM.bucketName, executionRoleArn: EXECUTION_ROLE },
  settings: PLATFORM.settings,
};

export interface World {
  readonly clients: Clients;
  readonly clock: Clock;
}

/** All ports: a function's grants say which of them it may really use. */
export function portsOf({ clients, clock }: World) {
  const { dynamoDb, s3, sageMaker } = clients;
  return {
    clock,
    documents: s3Documents(s3, PLATFORM.bucketName),
    uploads: s3Uploads(s3, PLATFORM.bucketName),
    /** For the function that is not TypeScript. */
    s3,
    archives: s3UploadedArchives(s3, PLATFORM.bucketName, clock, () => {}),
    artifacts: s3ArtifactStore(s3, PLATFORM.bucketName),
    images: ecrImages(clients.ecr),
    ledger: { ...dynamoDbLedger(dynamoDb, TABLE), ...dynamoDbOutcomeRecords(dynamoDb, TABLE) },
    releaseSettings: dynamoDbReleaseSettings(dynamoDb, TABLE),
    sweeperLedger: dynamoDbSweeperLedger(dynamoDb, TABLE),
    leases: dynamoDbLeases(dynamoDb, TABLE),
    executions: stepFunctionsExecutions(clients.states, MACHINE_ARN),
    wakeTokens: dynamoDbWakeTokens(dynamoDb, TABLE),
    taskAnswers: stepFunctionsAnswers(clients.states),
    deploymentTarget: sageMakerEndpoints(sageMaker),
    endpointConfigs: sageMakerEndpointConfigs(sageMaker),
    models: sageMakerModels(sageMaker, EXECUTION_ROLE),
    scaling: applicationAutoScaling(clients.autoScaling, clients.cloudWatch),
    alarms: cloudWatchAlarms(clients.cloudWatch),
    metrics: cloudWatchMetricQueries(clients.cloudWatch),
    containerLogs: cloudWatchContainerLogs(clients.logs),
    invocations: sageMakerInvocations(clients.runtime, clock),
    asyncInvocations: sageMakerAsyncInvocations(clients.runtime, s3),
    announcements: announcements(clients.sns, clients.eventBridge, { topicArn: TOPIC, eventBusName: BUS }),
  };
}
export type Ports = ReturnType<typeof portsOf>;

export type Tasks = { [Name in StepName]: (ports: Ports) => Task<Name> };

export const tasks: Tasks = {
  ResolveRequest: (ports) => resolveRequest(ports, PLATFORM),
  InspectArtifact: (ports) => inspectArtifact(ports, PLATFORM.settings, inspectRemembered),
  TryModel: tryModel,
  PlanRollout: (ports) => planRollout(ports, ROLLOUT_STACK),
  LeaseEndpoint: (ports) => leaseEndpoint(ports, PLATFORM.settings.recoveryDelaySeconds),
  CreateModel: createModel,
  CreateEndpointConfig: createEndpointConfig,
  DeployCandidate: deployCandidate,
  CheckCandidate: checkCandidate,
  VerifyCandidate: verifyCandidate,
  DeleteCandidate: deleteCandidate,
  CreateAlarms: createAlarms,
  DeployEndpoint: deployEndpoint,
  CheckEndpoint: checkEndpoint,
  SendGoldenTraffic: sendGoldenTraffic,
  JudgeFleet: judgeFleet,
  ShiftWeights: shiftWeights,
  SendVariantTraffic: sendVariantTraffic,
  DeleteAlarms: deleteAlarms,
  RegisterScaling: registerScaling,
  RunCanary: runCanary,
  RetireSuperseded: (ports) => retireSuperseded(ports, STACK, PLATFORM.settings.retainedReleases),
  RetireEndpoint: (ports) => retireEndpoint(ports, STACK),
  RollBack: (ports) => rollBack(ports, PLATFORM.settings.retainedReleases),
  CheckRollback: checkRollback,
  RecordOutcome: (ports) => recordOutcome(ports, PLATFORM.settings.supersededFails),
};

export interface SimulatedFunction {
  readonly name: string;
  /** The step whose task it is, of whichever release; the own name of a function that is no step's. */
  readonly step: string;
  readonly timeoutSeconds: number;
  readonly granted: readonly GrantedCall[];
  /** One invocation of it. */
  readonly run: (world: World, payload: unknown) => Promise<unknown>;
}

/** Every function of the stack; a scenario may give tasks that are not as they should be, and the sweeper other ports. */
export function functionsOf(
  from: Tasks = tasks,
  ofSweeper: (ports: Ports) => Partial<Ports> = () => ({}),
): Record<string, SimulatedFunction> {
  const ofSteps = (Object.keys(from) as StepName[]).map((name): SimulatedFunction => {
    const task = from[name] as (ports: Ports) => (input: unknown) => Promise<unknown>;
    return {
      ...{ name, step: name },
      timeoutSeconds: steps[name].functionTimeoutSeconds,
      granted: functionCalls[name],
      run: (world, payload) => task(portsOf(world))(payload),
    };
  });
  const waiting: SimulatedFunction = {
    ...{ name: AWAIT_CHANGE, step: AWAIT_CHANGE, timeoutSeconds: 30, granted: functionCalls[AWAIT_CHANGE] },
    run: async (world, payload) => {
      const { verdict } = await awaitChange(portsOf(world))(readWait(payload));
      return { verdict };
    },
  };
  const waking: SimulatedFunction = {
    ...{ name: WAKER, step: WAKER, timeoutSeconds: 30, granted: functionCalls[WAKER] },
    run: (world, payload) => wakeRollout(portsOf(world))(payload),
  };
  const sweeper: SimulatedFunction = {
    ...{ name: SWEEPER, step: SWEEPER },
    timeoutSeconds: 300,
    granted: functionCalls[SWEEPER],
    run: (world, payload) => {
      const ports = portsOf(world);
      return sweep({ ...ports, ...ofSweeper(ports) }, SWEPT_PLATFORM)(payload);
    },
  };
  return Object.fromEntries([...ofSteps, waiting, waking, sweeper].map((each) => [each.name, each]));
}
