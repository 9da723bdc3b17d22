/** The members of CreateModel. */

import { below, type List, type Members, type OperationMembers, plain } from './member-lists.ts';

const CONTAINER: Record<List, Members> = {
  honoured: {
    ModelDataUrl: { does: 'The local cloud unpacks it for the container; it must be readable by the role' },
    ...plain('Environment'),
  },
  checked: {
    Image: { does: 'Must be of ECR, or read from a VPC. The local cloud runs its own serving code in place of it' },
    Mode: { does: '`MultiModel` is refused when an endpoint is made' },
    'ImageConfig.RepositoryAccessMode': {},
  },
  kept: plain(
    'ContainerHostname ImageConfig.RepositoryAuthConfig InferenceSpecificationName MultiModelConfig ContainerMetricsConfig',
  ),
  ignored: {},
  refused: plain('ModelDataSource AdditionalModelDataSources ModelPackageName'),
};

const ofContainers = (list: List): Members => ({
  ...below('PrimaryContainer', CONTAINER[list]),
  ...below('Containers[]', CONTAINER[list]),
});

const NETWORK = 'Unknown ids, and a role without rights of EC2, fail the endpoint when it is made, not CreateModel';

export const OF_CREATE_MODEL: OperationMembers = {
  service: 'sagemaker',
  operation: 'CreateModel',
  lists: {
    honoured: {
      ...ofContainers('honoured'),
      ...plain('ModelName ExecutionRoleArn Tags[].Key Tags[].Value'),
      'VpcConfig.SecurityGroupIds': { unverified: NETWORK },
      'VpcConfig.Subnets': { unverified: NETWORK },
    },
    checked: {
      ...ofContainers('checked'),
      'InferenceExecutionConfig.Mode': {
        does: 'Needs `Containers`; more than one is refused when an endpoint is made',
      },
      EnableNetworkIsolation: { does: 'Not with serverless. No container is isolated' },
    },
    kept: ofContainers('kept'),
    ignored: {},
    refused: ofContainers('refused'),
  },
};
