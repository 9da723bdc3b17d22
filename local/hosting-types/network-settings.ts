// A private network and keys that exist on the local cloud, and that the stack's settings allow.
const SUBNETS = ['subnet-0123abcd', 'subnet-4567cdef'];
const SECURITY_GROUPS = ['sg-0123abcd'];
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/1b3f0c0e-6f6e-4c5b-9d3a-0c1d2e3f4a5b';

export const NETWORK = {
  settings: { allowedSubnetIds: SUBNETS, allowedSecurityGroupIds: SECURITY_GROUPS, allowedKmsKeyArns: [KEY] },
  request: {
    network: { vpc: { subnetIds: SUBNETS, securityGroupIds: SECURITY_GROUPS } },
    encryption: { volumeKmsKeyArn: KEY, captureKmsKeyArn: KEY },
  },
};
