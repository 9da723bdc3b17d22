// The one bucket: uploads, write-once artifacts, documents of rollouts, captured data, asynchronous requests and answers.
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** How long an artifact that was removed can be brought back: longer than a week and its holidays. */
const REMOVED_ARTIFACT_DAYS = 14;

/** How long requests to asynchronous endpoints and their answers are kept. */
const ASYNC_DAYS = 30;

/** Retained with its policy when the stack goes: endpoints that live on are served from it. */
export function artifactBucket(scope: Construct, settings: { uploadHistoryDays: number; key?: IKey }): Bucket {
  const bucket = new Bucket(scope, 'ArtifactBucket', {
    versioned: true,
    // A bucket key: one call of KMS for many objects, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
    ...(settings.key
      ? { encryption: BucketEncryption.KMS, encryptionKey: settings.key, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    // Nothing current ever expires but what asynchronous endpoints read and wrote: an endpoint downloads its artifact again whenever it scales out or is patched.
    lifecycleRules: [
      {
        id: 'ForgetReplacedUploads',
        prefix: 'models/',
        noncurrentVersionExpiration: Duration.days(settings.uploadHistoryDays),
      },
      // Of `artifacts/` only what a task has put a delete marker on, and then the marker itself:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
      {
        id: 'ForgetRemovedArtifacts',
        prefix: 'artifacts/',
        noncurrentVersionExpiration: Duration.days(REMOVED_ARTIFACT_DAYS),
        expiredObjectDeleteMarker: true,
      },
      {
        id: 'ForgetAsyncRequests',
        prefix: 'async/',
        expiration: Duration.days(ASYNC_DAYS),
        noncurrentVersionExpiration: Duration.days(1),
      },
      { id: 'AbortIncompleteUploads', abortIncompleteMultipartUploadAfter: Duration.days(7) },
    ],
  });
  // On the resource itself: eventBridgeEnabled would add a custom resource with a function of its own.
  (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
    eventBridgeConfiguration: { eventBridgeEnabled: true },
  };
  bucket.addToResourcePolicy(writeOnce(bucket));
  bucket.policy!.applyRemovalPolicy(RemovalPolicy.RETAIN);
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions::AwsSolutions-S1',
    reason:
      'Server access logs need a second bucket that would be retained as well; who read or wrote objects is told by CloudTrail data events, which the owner of the account turns on where they are wanted.',
  });
  return bucket;
}

/**
 * Objects under `artifacts/` can be written once and never replaced, by anybody. Steps of a multipart upload that make no
 * object carry no If-None-Match and stay possible:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
 * Where the current version is a delete marker, none is there:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
function writeOnce(bucket: Bucket): PolicyStatement {
  return new PolicyStatement({
    sid: 'ArtifactsAreWrittenOnce',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('artifacts/*')],
    conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  });
}

/**
 * What InspectArtifact wrote is what it had inspected: nobody else writes under `artifacts/`, administrators included.
 * Requests without a principal never come that far, public access is blocked.
 */
export function denyArtifactsToOthers(bucket: Bucket, inspector: IRole): void {
  bucket.addToResourcePolicy(
    new PolicyStatement({
      sid: 'ArtifactsAreWrittenByInspectArtifact',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('artifacts/*')],
      conditions: {
        Null: { 'aws:PrincipalArn': 'false' },
        ArnNotEquals: { 'aws:PrincipalArn': inspector.roleArn },
      },
    }),
  );
}
