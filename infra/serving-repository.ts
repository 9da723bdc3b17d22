// The repository of the serving image: a tag means one image for ever, and no tagged image expires.
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Repository, TagMutability, TagStatus } from 'aws-cdk-lib/aws-ecr';
import type { Construct } from 'constructs';

/** Retained when the stack goes: endpoints pull their image again whenever they scale out or are patched. */
export function servingRepository(scope: Construct): Repository {
  return new Repository(scope, 'ServingRepository', {
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
  });
}
