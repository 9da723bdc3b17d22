// What starts the machine by itself: uploads, and requests that other services put on the bus.
import { Duration, type Stack, Validations } from 'aws-cdk-lib';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

/** @returns the queue of the events with which the machine could not be started; those of all other rules go there too */
export function triggers(
  scope: Stack,
  on: { bucket: IBucket; bus: IEventBus; machine: IStateMachine; key?: IKey },
): Queue {
  // EventBridge tries for 24 hours and then drops the event, unless there is such a queue:
  // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
  const undelivered = new Queue(scope, 'UndeliveredTriggers', {
    ...(on.key
      ? { encryption: QueueEncryption.KMS, encryptionMasterKey: on.key }
      : { encryption: QueueEncryption.SQS_MANAGED }),
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  Validations.of(undelivered).acknowledge({
    id: 'AwsSolutions::AwsSolutions-SQS3',
    reason: 'It is itself the dead-letter queue, of all rules.',
  });
  const target = new SfnStateMachine(on.machine, { deadLetterQueue: undelivered });
  new Rule(scope, 'OnUpload', {
    description: `An object was written under models/: start ${scope.stackName}-Rollout`,
    eventPattern: {
      source: ['aws.s3'],
      detailType: ['Object Created'],
      detail: { bucket: { name: [on.bucket.bucketName] }, object: { key: [{ prefix: 'models/' }] } },
    },
    targets: [target],
  });
  new Rule(scope, 'OnRequest', {
    description: `A service asks for a rollout: start ${scope.stackName}-Rollout`,
    eventBus: on.bus,
    eventPattern: { account: [scope.account], detailType: ['RolloutRequested'] },
    targets: [target],
  });
  return undelivered;
}
