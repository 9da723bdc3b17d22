// The stack: everything that the deployer is made of.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { PlatformSettings } from '../state-machine/contract/platform.ts';
import { alarms } from './alarms.ts';
import { artifactBucket, denyArtifactsToOthers } from './artifact-bucket.ts';
import { type GrantScope, stateMachineArn } from './authorisation-resources.ts';
import { dashboard } from './dashboard.ts';
import { executionRole } from './execution-role.ts';
import { ledgerTable } from './ledger-table.ts';
import { outcomeTopic } from './outcome-topic.ts';
import { peoplePolicies } from './people-policies.ts';
import { rolloutMachine } from './rollout-machine.ts';
import { servingImageTag } from './serving-image-tag.ts';
import { OWN_KEY_OF_ECR, servingRepositories } from './serving-repository.ts';
import type { StackSettings } from './settings.ts';
import { sweeper } from './sweeper.ts';
import { taskFunctions } from './task-functions.ts';
import { triggers } from './triggers.ts';
import { wakeOnChange } from './wake-on-change.ts';

export interface DeployerStackProps extends StackProps {
  settings: StackSettings;
  /** Entry (`create-model`) -> folder with its `index.mjs`. */
  bundles: Record<string, string>;
  /** The zip archive of the function that tries models. */
  trialPackage: string;
}

export class DeployerStack extends Stack {
  constructor(scope: Construct, id: string, { settings, bundles, trialPackage, ...props }: DeployerStackProps) {
    super(scope, id, { description: 'Rolls out SageMaker models from model.tar.gz to a verified endpoint.', ...props });
    // The longest function name, <stack>-CreateEndpointConfig, may have 64 characters.
    if (this.stackName.length > 43) {
      throw new Error(
        `The stack's name may have 43 characters at most, ${this.stackName} has ${this.stackName.length}.`,
      );
    }
    const { endpointNamePrefix } = settings;

    const key = settings.kmsKeyArn === null ? undefined : Key.fromKeyArn(this, 'Key', settings.kmsKeyArn);
    const bucket = artifactBucket(this, { ...settings, key });
    const repositories = servingRepositories(this, settings.repositoryEncryption ?? [OWN_KEY_OF_ECR]);
    const repository = repositories.at(-1)!;
    const ledger = ledgerTable(this, key);
    const topic = outcomeTopic(this, settings.notificationEmails, key);
    const bus = new EventBus(this, 'Bus', { eventBusName: this.stackName });
    const imageTag = settings.servingImageTag ?? servingImageTag(settings.servingImageTarget);
    const repositoryNames = [...repositories.map((each) => each.repositoryName), ...settings.otherRepositories];
    const { allowedSubnetIds, allowedSecurityGroupIds, allowedKmsKeyArns, allowedNotificationTopicArns } = settings;
    const named = { allowedSubnetIds, allowedSecurityGroupIds, allowedKmsKeyArns, allowedNotificationTopicArns };
    const role = executionRole(this, { bucket, repositoryNames, endpointNamePrefix, keys: settings, named });

    const platform = {
      endpointNamePrefix,
      defaultEndpointName: settings.defaultEndpointName,
      servingImage: { repositoryName: repository.repositoryName, tag: imageTag },
      allowedRepositories: repositoryNames,
      allowedInstanceTypes: settings.allowedInstanceTypes,
      defaultInstanceType: settings.defaultInstanceType,
      maximumInstances: settings.maximumInstances,
      maximumServerlessConcurrency: settings.maximumServerlessConcurrency,
      ...named,
      maximumArchiveBytes: settings.maximumArchiveBytes,
      maximumUnpackedBytes: settings.maximumUnpackedBytes,
      requireGoldenCases: settings.requireGoldenCases,
      requireCandidate: settings.requireCandidate,
      retainedReleases: settings.retainedReleases,
      allowTrust: settings.allowTrust,
      supersededFails: settings.supersededFails,
      recoveryDelaySeconds: settings.recoveryDelaySeconds,
    } satisfies PlatformSettings;
    const grantScope = {
      partition: this.partition,
      region: this.region,
      account: this.account,
      stackName: this.stackName,
      endpointNamePrefix,
      bucketName: bucket.bucketName,
      ledgerTableArn: ledger.tableArn,
      outcomeTopicArn: topic.topicArn,
      eventBusArn: bus.eventBusArn,
      executionRoleArn: role.roleArn,
      repositoryNames,
      kmsKeyArn: settings.kmsKeyArn,
      formerKmsKeyArns: settings.formerKmsKeyArns,
      ...named,
    } satisfies GrantScope;
    const functions = taskFunctions(this, {
      bundles,
      trialPackage,
      environment: {
        bucketName: bucket.bucketName,
        ledgerTableName: ledger.tableName,
        outcomeTopicArn: topic.topicArn,
        eventBusName: bus.eventBusName,
        executionRoleArn: role.roleArn,
        stackName: this.stackName,
        accountId: this.account,
        stateMachineArn: stateMachineArn(this, this.stackName),
        platformSettings: this.toJsonString(platform),
      },
      grantScope,
      logRetention: settings.logRetentionDays,
      key,
      network: settings.vpc,
    });
    denyArtifactsToOthers(bucket, functions.InspectArtifact.role!);
    const { Sweep, WakeRollout, ...tasks } = functions;
    const machine = rolloutMachine(this, tasks, { retention: settings.logRetentionDays, encryptionKey: key });
    const undelivered = triggers(this, { bucket, bus, machine, key });
    wakeOnChange(this, { wake: WakeRollout, endpointNamePrefix, undelivered });
    sweeper(this, { sweep: Sweep, machine, undelivered });

    const tell = settings.alarmTopicArn ? Topic.fromTopicArn(this, 'AlarmTopic', settings.alarmTopicArn) : topic;
    alarms(this, { machine, sweep: Sweep, undelivered, tell });
    dashboard(this, { machine, functions, endpointNamePrefix });
    peoplePolicies(this, { bucket, bus, machine, grantScope, keys: settings });

    const outputs = {
      BucketName: bucket.bucketName,
      StateMachineArn: machine.stateMachineArn,
      RepositoryUri: repository.repositoryUri,
      ...(repositories.length > 1 && {
        FormerRepositoryUris: repositories
          .slice(0, -1)
          .map((each) => each.repositoryUri)
          .join(','),
      }),
      ServingImageTag: imageTag,
      ServingImageTarget: settings.servingImageTarget,
      EventBusName: bus.eventBusName,
      TopicArn: topic.topicArn,
      LedgerTableName: ledger.tableName,
      ExecutionRoleArn: role.roleArn,
      RecoveryDelaySeconds: String(settings.recoveryDelaySeconds),
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
