// The functions of the stack, each bound to its ports as its handler binds them, with the time and the grants that it has.
import { functionCalls, type GrantedCall } from '../infra/function-calls.ts';
import { announcements } from '../lambdas/aws/announcements.ts';
import { applicationAutoScaling } from '../lambdas/aws/application-auto-scaling.ts';
import { dynamoDbLedger } from '../lambdas/aws/dynamodb-ledger.ts';
import { ecrImages } from '../lambdas/aws/ecr-images.ts';
import { s3Archives } from '../lambdas/aws/s3-archives.ts';
import { s3Documents } from '../lambdas/aws/s3-documents.ts';
import { s3Uploads } from '../lambdas/aws/s3-uploads.ts';
import { sageMakerEndpointConfigs } from '../lambdas/aws/sagemaker-endpoint-configs.ts';
import { sageMakerEndpoints } from '../lambdas/aws/sagemaker-endpoints.ts';
import { sageMakerInvocations } from '../lambdas/aws/sagemaker-invocations.ts';
import { sageMakerModels } from '../lambdas/aws/sagemaker-models.ts';
import type { Clock } from '../lambdas/ports/clock.ts';
import { checkEndpoint } from '../lambdas/tasks/check-endpoint.ts';
import { checkRollback } from '../lambdas/tasks/check-rollback.ts';
import { createEndpointConfig } from '../lambdas/tasks/create-endpoint-config.ts';
import { createModel } from '../lambdas/tasks/create-model.ts';
import { deployEndpoint } from '../lambdas/tasks/deploy-endpoint.ts';
import { inspectArtifact } from '../lambdas/tasks/inspect-artifact.ts';
import { planRollout } from '../lambdas/tasks/plan-rollout.ts';
import { recordOutcome } from '../lambdas/tasks/record-outcome.ts';
import { registerScaling } from '../lambdas/tasks/register-scaling.ts';
import { resolveRequest } from '../lambdas/tasks/resolve-request.ts';
import { rollBack } from '../lambdas/tasks/roll-back.ts';
import { runCanary } from '../lambdas/tasks/run-canary.ts';
import { type StepName, steps, type Task } from '../state-machine/contract/steps.ts';
import type { Clients } from './aws/clients.ts';
import { inspectRemembered } from './inspect-remembered.ts';
import { BUS, EXECUTION_ROLE, PLATFORM, STACK, TABLE, TOPIC } from './stack.ts';

interface World {
  readonly clients: Clients;
  readonly clock: Clock;
}

/** The ports, each made when a task asks for it. */
class Ports {
  readonly clock: Clock;
  readonly #clients: Clients;

  constructor({ clients, clock }: World) {
    this.#clients = clients;
    this.clock = clock;
  }

  get documents() {
    return s3Documents(this.#clients.s3, PLATFORM.bucketName);
  }
  get uploads() {
    return s3Uploads(this.#clients.s3, PLATFORM.bucketName);
  }
  get archives() {
    return s3Archives(this.#clients.s3, PLATFORM.bucketName, () => {});
  }
  get images() {
    return ecrImages(this.#clients.ecr);
  }
  get ledger() {
    return dynamoDbLedger(this.#clients.dynamoDb, TABLE);
  }
  get endpoints() {
    return sageMakerEndpoints(this.#clients.sageMaker);
  }
  get endpointConfigs() {
    return sageMakerEndpointConfigs(this.#clients.sageMaker);
  }
  get models() {
    return sageMakerModels(this.#clients.sageMaker, EXECUTION_ROLE);
  }
  get scaling() {
    return applicationAutoScaling(this.#clients.autoScaling);
  }
  get invocations() {
    return sageMakerInvocations(this.#clients.runtime, this.clock);
  }
  get announcements() {
    return announcements(this.#clients.sns, this.#clients.eventBridge, { topicArn: TOPIC, eventBusName: BUS });
  }
}

export type Tasks = { [Name in StepName]: (ports: Ports) => Task<Name> };

export const tasks: Tasks = {
  ResolveRequest: (ports) => resolveRequest(ports, PLATFORM),
  InspectArtifact: (ports) => inspectArtifact(ports, PLATFORM.settings, inspectRemembered),
  PlanRollout: (ports) => planRollout(ports, STACK),
  CreateModel: createModel,
  CreateEndpointConfig: createEndpointConfig,
  DeployEndpoint: deployEndpoint,
  CheckEndpoint: checkEndpoint,
  RegisterScaling: registerScaling,
  RunCanary: runCanary,
  RollBack: rollBack,
  CheckRollback: checkRollback,
  RecordOutcome: recordOutcome,
};

export interface SimulatedFunction {
  readonly name: string;
  readonly timeoutSeconds: number;
  readonly granted: readonly GrantedCall[];
  /** One invocation of it. */
  readonly run: (world: World, payload: unknown) => Promise<unknown>;
}

const stepFunctions = (from: Tasks): Record<StepName, SimulatedFunction> =>
  Object.fromEntries(
    (Object.keys(from) as StepName[]).map((name) => [
      name,
      {
        name,
        timeoutSeconds: steps[name].functionTimeoutSeconds,
        granted: functionCalls[name],
        run: (world: World, payload: unknown) =>
          (from[name] as (ports: Ports) => Task<never>)(new Ports(world))(payload as never),
      },
    ]),
  ) as Record<StepName, SimulatedFunction>;

export { stepFunctions };
