// The topic on which the rollouts' outcomes, and by default the alarms, are published.
import type { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';

export function outcomeTopic(scope: Stack, emails: readonly string[], key?: IKey): Topic {
  const topic = new Topic(scope, 'OutcomeTopic', {
    displayName: `Model rollouts (${scope.stackName})`,
    enforceSSL: true,
    ...(key && { masterKey: key }),
  });
  // A topic with a policy of its own no longer has the default one, which lets the account's alarms publish.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': scope.account } },
    }),
  );
  for (const email of emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
