// Makes a topic of MiniStack's SNS, as its root.
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { ministackClients } from './ministack-clients.ts';

/** @returns its ARN */
export async function createTopic(port: number, name: string): Promise<string> {
  const clients = ministackClients(port);
  try {
    const { TopicArn } = await clients.sns.send(new CreateTopicCommand({ Name: name }));
    if (TopicArn === undefined) throw new Error('MiniStack made no topic.');
    return TopicArn;
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}
