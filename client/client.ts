// The typed client: uploads models, starts rollouts, rollbacks, retirements and cancellations, watches them and reads how they ended.
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { CancelRequest } from '../state-machine/contract/cancel-request.ts';
import type { Lease } from '../state-machine/contract/lease.ts';
import type { RetireEndpointRequest, RollbackRequest } from '../state-machine/contract/other-requests.ts';
import type { Outcome } from '../state-machine/contract/outcome.ts';
import type { Release } from '../state-machine/contract/release.ts';
import type { RolloutRequest } from '../state-machine/contract/request.ts';
import { DEFAULT_STACK_NAME, type DeployedStack, deployedStack } from './deployed-stack.ts';
import { type FindOptions, findExecution, type UploadRef } from './find-execution.ts';
import { findRecovery } from './find-recovery.ts';
import type { FollowOptions } from './history/follow-history.ts';
import type { StateChange } from './history/state-change.ts';
import { watch, watchToEnd } from './history/watch.ts';
import { listArtifacts } from './list-artifacts.ts';
import { listReleases } from './list-releases.ts';
import { type LiveEndpoint, readEndpoint } from './read-endpoint.ts';
import { readLease } from './read-lease.ts';
import { readLedgerOutcome, readNewestOutcome } from './read-ledger-outcome.ts';
import { readOutcome } from './read-outcome.ts';
import { type RolloutExecution, rolloutExecution, rolloutIdOf } from './rollout-execution.ts';
import { type OnUploaded, type UploadedArchive, type UploadTarget, uploadArchive } from './upload-archive.ts';

export { pickVariant, type VariantWeights } from './pick-variant.ts';

export interface DeployerClients {
  s3: S3Client;
  sfn: SFNClient;
  dynamoDb: DynamoDBClient;
  sageMaker: SageMakerClient;
}

export interface Deployer {
  readonly stack: DeployedStack;
  /** Uploads a `model.tar.gz`; the rollout starts by itself. @throws Refusal for a file that is none, or wrong names */
  upload(file: string, target: UploadTarget, onUploaded?: OnUploaded): Promise<UploadedArchive>;
  /**
   * Starts a rollout that is not an upload's: a change of settings, or of a model uploaded before.
   *
   * @param name the rollout's id; a second call with it and the same request starts nothing more. Default: a UUID
   */
  startRollout(request: RolloutRequest, options?: { name?: string }): Promise<{ executionArn: string }>;
  /**
   * Puts an earlier release back, with the settings that it had: the newest with another model than serves now, or that of the
   * rollout `to`. It goes before everything that waits, and asks a rollout that is under way to stop.
   *
   * @param options `verification`: `candidate` to try it beside the live endpoint first. Default: live, all at once
   */
  rollBack(endpointName: string, options?: RollbackOptions): Promise<{ executionArn: string }>;
  /** Deletes the endpoint with all that belongs to it: scaling, configurations, models, artifacts. Its uploads stay. */
  retireEndpoint(endpointName: string, options?: { name?: string }): Promise<{ executionArn: string }>;
  /**
   * Ends a rollout that is not live yet: one that waits is rejected, one that runs rolls back at its next poll. The execution ends
   * `cancelled` once that is so, and `rejected` where it is too late.
   */
  cancel(endpointName: string, rolloutId: string, options?: { name?: string }): Promise<{ executionArn: string }>;
  /** Whether an execution runs, when it was stopped, and which endpoint it is about; null where there is none. */
  execution(executionArn: string): Promise<RolloutExecution | null>;
  /** How a rollout ended, as the ledger has it; null while it has not. Of one that was stopped another execution tells it. */
  recorded(rolloutId: string): Promise<Outcome | null>;
  /** The execution that finishes the rollback of a rollout that was stopped; null while none does. */
  findRecovery(rolloutId: string): Promise<string | null>;
  /** The execution that took up an upload; null when there is none by the end of `waitSeconds`. */
  findExecution(upload: UploadRef, options?: FindOptions): Promise<string | null>;
  /** Every change of an execution from its start to its end; the last carries the outcome. */
  watch(executionArn: string, options?: FollowOptions): AsyncGenerator<StateChange>;
  /** How a rollout ended: waits for an execution's end. Null while there is no outcome: of an upload, or of one that was stopped. */
  outcome(of: string | UploadRef, options?: FollowOptions): Promise<Outcome | null>;
  /** What was released to an endpoint, the newest first, at most `limit` (20). */
  releases(endpointName: string, limit?: number): Promise<Release[]>;
  /** The keys of what is kept of the endpoint's accepted archives: what SageMaker serves from, and their golden cases. */
  artifacts(endpointName: string): Promise<string[]>;
  /** Who changes the endpoint now, and who waits for it; null when nobody ever did. */
  lease(endpointName: string): Promise<Lease | null>;
  /** How the newest rollout of the endpoint ended that has ended; null while none has. */
  newestOutcome(endpointName: string): Promise<Outcome | null>;
  /** What SageMaker says of the endpoint at this moment; null where there is none. @throws AccessDeniedException */
  endpoint(endpointName: string): Promise<LiveEndpoint | null>;
}

/** `name`: as of a rollout. */
export type RollbackOptions = Pick<RollbackRequest, 'to' | 'verification'> & { name?: string };

/** Over SDK clients of the caller's own. */
export function deployer(stack: DeployedStack, { s3, sfn, dynamoDb, sageMaker }: DeployerClients): Deployer {
  const { bucketName, stateMachineArn, ledgerTableName } = stack;
  type AnyRequest = RolloutRequest | RollbackRequest | RetireEndpointRequest | CancelRequest;
  const start = async (request: AnyRequest, name: string | undefined) => {
    const input = JSON.stringify(request);
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return { executionArn: started.executionArn! };
  };
  return {
    stack,
    upload: (file, target, onUploaded) => uploadArchive(s3, bucketName, file, target, onUploaded),
    startRollout: (request, { name } = {}) => start(request, name),
    rollBack: (endpointName, { name, ...how } = {}) => start({ action: 'rollback', endpointName, ...how }, name),
    retireEndpoint: (endpointName, { name } = {}) => start({ action: 'retireEndpoint', endpointName }, name),
    cancel: (endpointName, rolloutId, { name } = {}) => start({ action: 'cancel', endpointName, rolloutId }, name),
    execution: (executionArn) => rolloutExecution(sfn, executionArn),
    recorded: (rolloutId) => readLedgerOutcome(dynamoDb, ledgerTableName, rolloutId),
    findRecovery: (rolloutId) => findRecovery(sfn, stateMachineArn, rolloutId),
    findExecution: (upload, options) => findExecution(sfn, stateMachineArn, upload, options),
    watch: (executionArn, options) => watch(sfn, executionArn, options),
    async outcome(of, options) {
      if (typeof of !== 'string') return readOutcome(s3, of, options?.signal);
      const { outcome } = await watchToEnd(watch(sfn, of, options));
      return outcome ?? readLedgerOutcome(dynamoDb, ledgerTableName, rolloutIdOf(of));
    },
    releases: (endpointName, limit) => listReleases(dynamoDb, ledgerTableName, endpointName, limit),
    artifacts: (endpointName) => listArtifacts(s3, bucketName, endpointName),
    lease: (endpointName) => readLease(dynamoDb, ledgerTableName, endpointName),
    newestOutcome: (endpointName) => readNewestOutcome(dynamoDb, ledgerTableName, endpointName),
    endpoint: (endpointName) => readEndpoint(sageMaker, endpointName),
  };
}

/**
 * Finds a deployed stack with the credentials and region that the AWS SDK finds: environment, profile, sign-in.
 *
 * @throws Refusal when there is no such stack
 */
export async function connect(stackName = DEFAULT_STACK_NAME): Promise<Deployer> {
  const cloudFormation = new CloudFormationClient();
  const stack = await deployedStack(cloudFormation, stackName);
  cloudFormation.destroy();
  const clients = { s3: new S3Client(), sfn: new SFNClient(), dynamoDb: new DynamoDBClient() };
  return deployer(stack, { ...clients, sageMaker: new SageMakerClient() });
}
