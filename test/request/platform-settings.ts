// What a platform allows, to test with.
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';

export const PLATFORM_SETTINGS: PlatformSettings = {
  endpointNamePrefix: '',
  defaultEndpointName: 'main',
  servingImage: { repositoryName: 'serving', tag: 'abc' },
  allowedRepositories: ['team/own'],
  allowedInstanceTypes: ['ml.m5.large', 'ml.c7g.large'],
  defaultInstanceType: 'ml.m5.large',
  maximumInstances: 8,
  maximumServerlessConcurrency: 20,
  allowedSubnetIds: [],
  allowedSecurityGroupIds: [],
  allowedKmsKeyArns: [],
  allowedNotificationTopicArns: [],
  maximumArchiveBytes: 1e9,
  maximumUnpackedBytes: 1e10,
  requireGoldenCases: false,
  requireCandidate: false,
  retainedReleases: 3,
  recoveryDelaySeconds: 120,
  allowTrust: false,
  supersededFails: false,
};
