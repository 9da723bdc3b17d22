// A private network, a key and topics that exist on the local cloud, and that the stack's settings allow.
import type { RolloutRequest } from '../../state-machine/contract/request.ts';
import type { Account } from '../cloud/cloud.ts';
import { NETWORK } from '../hosting/started-with.ts';

const subnetIds = [...NETWORK.subnets];
const securityGroupIds = [...NETWORK.securityGroups];

export interface PrivateNetwork {
  /** Of the stack. */
  settings: {
    allowedSubnetIds: string[];
    allowedSecurityGroupIds: string[];
    allowedKmsKeyArns: string[];
    allowedNotificationTopicArns: string[];
  };
  key: string;
  /** Of asynchronous endpoints. */
  notifications: { successTopicArn: string; errorTopicArn: string };
  request: Pick<RolloutRequest, 'network' | 'encryption'>;
}

export async function privateNetwork(account: Account): Promise<PrivateNetwork> {
  const key = await account.createKey();
  const [successTopicArn, errorTopicArn] = [
    await account.createTopic('answers'),
    await account.createTopic('failures'),
  ];
  return {
    settings: {
      ...{ allowedSubnetIds: subnetIds, allowedSecurityGroupIds: securityGroupIds, allowedKmsKeyArns: [key] },
      allowedNotificationTopicArns: [successTopicArn, errorTopicArn],
    },
    ...{ key, notifications: { successTopicArn, errorTopicArn } },
    request: {
      network: { vpc: { subnetIds, securityGroupIds } },
      encryption: { volumeKmsKeyArn: key, captureKmsKeyArn: key },
    },
  };
}
