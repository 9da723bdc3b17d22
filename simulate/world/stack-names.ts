// The simulated stack: its names, and what its platform allows.
import { RECOVERY_DELAY_SECONDS } from '../../lambdas/core/recovery/recovery-delay.ts';
import type { StackEnvironment } from '../../lambdas/core/request/stack-environment.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';
export const STACK = 'SageMakerDeployer';
export const MACHINE_ARN = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${STACK}-Rollout`;
/** The function that comes around, outside the machine. */
export const SWEEPER = 'Sweep';
/** The function that events of endpoints are given to. */
export const WAKER = 'WakeRollout';
export const TABLE = 'ledger';
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:outcomes`;
export const BUS = 'default';
export const EXECUTION_ROLE = `arn:aws:iam::${ACCOUNT}:role/execution`;
export const IMAGE_DIGEST = `sha256:${'d'.repeat(64)}`;
/** What requests may name of networks and keys. */
export const VPC = { subnetIds: ['subnet-0123abcd', 'subnet-4567cdef'], securityGroupIds: ['sg-0123abcd'] };
/** Topics that asynchronous endpoints may publish to. */
export const ANSWERS_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:answers`;
export const FAILURES_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:failures`;
export const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;

export const PLATFORM: StackEnvironment = {
  bucketName: 'models-bucket',
  accountId: ACCOUNT,
  region: REGION,
  settings: {
    endpointNamePrefix: '',
    defaultEndpointName: null,
    servingImage: { repositoryName: 'serving', tag: 'one' },
    allowedRepositories: ['serving'],
    allowedInstanceTypes: ['ml.m5.large', 'ml.c5.large'],
    defaultInstanceType: 'ml.m5.large',
    maximumInstances: 10,
    maximumServerlessConcurrency: 20,
    allowedSubnetIds: VPC.subnetIds,
    allowedSecurityGroupIds: VPC.securityGroupIds,
    allowedKmsKeyArns: [KEY_ARN],
    allowedNotificationTopicArns: [ANSWERS_TOPIC, FAILURES_TOPIC],
    maximumArchiveBytes: 10_000_000,
    maximumUnpackedBytes: 100_000_000,
    requireGoldenCases: false,
    allowTrust: false,
    supersededFails: false,
    requireCandidate: false,
    retainedReleases: 3,
    recoveryDelaySeconds: RECOVERY_DELAY_SECONDS,
  },
};
