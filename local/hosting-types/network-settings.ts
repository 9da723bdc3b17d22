// A private network and a key that exist on the local cloud, and that the stack's settings allow.
import type { RolloutRequest } from '../../state-machine/contract/request.ts';
import type { Account } from '../cloud/cloud.ts';
import { NETWORK } from '../hosting/started-with.ts';

const subnetIds = [...NETWORK.subnets];
const securityGroupIds = [...NETWORK.securityGroups];

export interface PrivateNetwork {
  /** Of the stack. */
  settings: { allowedSubnetIds: string[]; allowedSecurityGroupIds: string[]; allowedKmsKeyArns: string[] };
  request: Pick<RolloutRequest, 'network' | 'encryption'>;
}

export async function privateNetwork(account: Account): Promise<PrivateNetwork> {
  const key = await account.createKey();
  return {
    settings: { allowedSubnetIds: subnetIds, allowedSecurityGroupIds: securityGroupIds, allowedKmsKeyArns: [key] },
    request: {
      network: { vpc: { subnetIds, securityGroupIds } },
      encryption: { volumeKmsKeyArn: key, captureKmsKeyArn: key },
    },
  };
}
