/** What instances of a variant are started with beside their capacity, and the network that they find. */

import type { VpcConfig } from '@aws-sdk/client-sagemaker';

/** What instances are started with, as CreateModel and CreateEndpointConfig name it. */
export interface StartedWith {
  readonly roleArn: string;
  readonly VpcConfig?: VpcConfig;
  /** Of the volume. */
  readonly KmsKeyId?: string;
  /** That an asynchronous endpoint publishes to. */
  readonly topics: readonly string[];
}

/** Ids that VpcConfig may name. */
export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/** The network of the account where no other is given. */
export const NETWORK: Network = {
  subnets: ['subnet-0123abcd', 'subnet-4567cdef'],
  securityGroups: ['sg-0123abcd'],
};
