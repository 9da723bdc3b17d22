// The repositories of the serving image: a tag means one image for ever, and no tagged image expires.
import { createHash } from 'node:crypto';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, RepositoryEncryption, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What a repository is encrypted with: ECR's own key, or the one of this ARN. */
export type RepositoryEncryptedWith = string;
export const OWN_KEY_OF_ECR: RepositoryEncryptedWith = 'AES256';

/**
 * One repository for each encryption; images are published to the last.
 *
 * Retained when the stack goes, and when its encryption is no longer listed: endpoints pull their image again whenever they
 * scale out or are patched.
 */
export function servingRepositories(scope: Construct, encryptions: readonly RepositoryEncryptedWith[]): Repository[] {
  return encryptions.map(
    (encryption) =>
      new Repository(scope, constructId(encryption), {
        ...(encryption !== OWN_KEY_OF_ECR && {
          encryption: RepositoryEncryption.KMS,
          encryptionKey: Key.fromKeyArn(scope, `${constructId(encryption)}Key`, encryption),
        }),
        imageScanOnPush: true,
        imageTagMutability: TagMutability.IMMUTABLE,
        removalPolicy: RemovalPolicy.RETAIN,
        lifecycleRules: [
          {
            description: 'Layers of pushes that were never finished',
            tagStatus: TagStatus.UNTAGGED,
            maxImageAge: Duration.days(30),
          },
        ],
      }),
  );
}

/**
 * The encryption is part of the identity: another one is another repository beside it, and never a replacement, which
 * CloudFormation would make of a changed EncryptionConfiguration:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-ecr-repository.html
 */
function constructId(encryption: RepositoryEncryptedWith): string {
  if (encryption === OWN_KEY_OF_ECR) return 'ServingRepository';
  return `ServingRepositoryUnder${createHash('sha256').update(encryption).digest('hex').slice(0, 8)}`;
}
