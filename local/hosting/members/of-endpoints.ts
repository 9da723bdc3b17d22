/** The members of CreateEndpoint, UpdateEndpoint and UpdateEndpointWeightsAndCapacities. */

import { below, type Members, type OperationMembers, plain } from './member-lists.ts';

const ROUTING = below(
  'BlueGreenUpdatePolicy.TrafficRoutingConfiguration',
  plain('Type WaitIntervalInSeconds CanarySize.Type CanarySize.Value LinearStepSize.Type LinearStepSize.Value'),
);

const DEPLOYMENT: Members = {
  ...ROUTING,
  ...plain('BlueGreenUpdatePolicy.TerminationWaitInSeconds BlueGreenUpdatePolicy.MaximumExecutionTimeoutInSeconds'),
  ...below(
    'RollingUpdatePolicy',
    plain('MaximumBatchSize.Type MaximumBatchSize.Value WaitIntervalInSeconds MaximumExecutionTimeoutInSeconds'),
  ),
};
const ALARMS = 'AutoRollbackConfiguration.Alarms[].AlarmName';
const ROLLBACK_SIZE = 'RollingUpdatePolicy.RollbackMaximumBatchSize';

export const OF_CREATE_ENDPOINT: OperationMembers = {
  service: 'sagemaker',
  operation: 'CreateEndpoint',
  lists: {
    honoured: plain('EndpointName EndpointConfigName Tags[].Key Tags[].Value'),
    checked: below(
      'DeploymentConfig',
      Object.fromEntries(
        Object.keys(DEPLOYMENT).map((path) => [path, { does: 'For RetainDeploymentConfig of a later update' }]),
      ),
    ),
    kept: below('DeploymentConfig', plain(`${ALARMS} ${ROLLBACK_SIZE}`)),
    ignored: {},
    refused: {},
  },
};

export const OF_UPDATE_ENDPOINT: OperationMembers = {
  service: 'sagemaker',
  operation: 'UpdateEndpoint',
  lists: {
    honoured: {
      ...plain('EndpointName RetainAllVariantProperties RetainDeploymentConfig'),
      'ExcludeRetainedVariantProperties[].VariantPropertyType': {
        unverified:
          'Refused without RetainAllVariantProperties. What is retained goes by the names of the variants; concurrency is not retained',
      },
      EndpointConfigName: {
        unverified:
          'With a DeploymentConfig a change of variant names is refused; without, a second fleet takes all traffic at once',
      },
      ...below('DeploymentConfig', DEPLOYMENT),
      [`DeploymentConfig.${ALARMS}`]: {},
    },
    checked: {},
    kept: { [`DeploymentConfig.${ROLLBACK_SIZE}`]: { does: 'A rollback goes in one step' } },
    ignored: {},
    refused: {},
  },
};

export const OF_UPDATE_WEIGHTS: OperationMembers = {
  service: 'sagemaker',
  operation: 'UpdateEndpointWeightsAndCapacities',
  lists: {
    honoured: {
      EndpointName: {},
      'DesiredWeightsAndCapacities[].VariantName': { unverified: 'Several unknown names are joined by a comma' },
      'DesiredWeightsAndCapacities[].DesiredWeight': {
        does: 'Moves when the update ends',
        unverified: 'Weights of which all are 0 are refused',
      },
      'DesiredWeightsAndCapacities[].DesiredInstanceCount': {
        does: 'Added instances come by halves, and start as long as the first ones did',
        unverified: 'Taken for several variants at once, though the page says "capacity of one variant"',
      },
      ...below('DesiredWeightsAndCapacities[].ServerlessUpdateConfig', {
        MaxConcurrency: { does: 'Of serverless variants only; held to the quota' },
        ProvisionedConcurrency: { does: 'Of serverless variants only, not above MaxConcurrency' },
      }),
    },
    checked: {},
    kept: {},
    ignored: {},
    refused: {},
  },
};
