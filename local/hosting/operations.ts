/** Every operation that the simulator answers, by its name; the names of the four services do not overlap. */

import { invokeEndpointAsync } from './asynchronous/invoke-endpoint-async.ts';
import {
  createEndpointConfig,
  deleteEndpointConfig,
  describeEndpointConfig,
  listEndpointConfigs,
} from './endpoint-configs.ts';
import { createEndpoint, deleteEndpoint, describeEndpoint, listEndpoints, updateEndpoint } from './endpoints.ts';
import { invokeEndpoint } from './invoke-endpoint.ts';
import { deleteAlarms, describeAlarms, putMetricAlarm } from './metric-alarms.ts';
import { getMetricData } from './metric-data.ts';
import { createModel, deleteModel, describeModel, listModels } from './models.ts';
import {
  deregisterScalableTarget,
  describeScalableTargets,
  describeScalingActivities,
  registerScalableTarget,
} from './scalable-targets.ts';
import {
  deleteScalingPolicy,
  deleteScheduledAction,
  describeScalingPolicies,
  describeScheduledActions,
  putScalingPolicy,
  putScheduledAction,
} from './scaling-policies.ts';
import { listTagsForResource, tagResource, untagResource } from './scaling-tags.ts';
import { addTags, deleteTags, listTags } from './tags.ts';
import { updateEndpointWeightsAndCapacities } from './weights-and-capacities.ts';
import type { World } from './world.ts';

/** The input has passed AWS's model before an operation sees it. */
export type Operation = (world: World, input: never) => object | Promise<object>;

export const operations: Readonly<Record<string, Operation>> = {
  CreateModel: createModel,
  DescribeModel: describeModel,
  DeleteModel: deleteModel,
  ListModels: listModels,
  CreateEndpointConfig: createEndpointConfig,
  DescribeEndpointConfig: describeEndpointConfig,
  DeleteEndpointConfig: deleteEndpointConfig,
  ListEndpointConfigs: listEndpointConfigs,
  CreateEndpoint: createEndpoint,
  DescribeEndpoint: describeEndpoint,
  UpdateEndpoint: updateEndpoint,
  UpdateEndpointWeightsAndCapacities: updateEndpointWeightsAndCapacities,
  DeleteEndpoint: deleteEndpoint,
  ListEndpoints: listEndpoints,
  AddTags: addTags,
  DeleteTags: deleteTags,
  ListTags: listTags,
  InvokeEndpoint: invokeEndpoint,
  InvokeEndpointAsync: invokeEndpointAsync,
  RegisterScalableTarget: registerScalableTarget,
  DescribeScalableTargets: describeScalableTargets,
  DeregisterScalableTarget: deregisterScalableTarget,
  PutScalingPolicy: putScalingPolicy,
  DescribeScalingPolicies: describeScalingPolicies,
  DeleteScalingPolicy: deleteScalingPolicy,
  PutScheduledAction: putScheduledAction,
  DescribeScheduledActions: describeScheduledActions,
  DeleteScheduledAction: deleteScheduledAction,
  DescribeScalingActivities: describeScalingActivities,
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
  PutMetricAlarm: putMetricAlarm,
  DescribeAlarms: describeAlarms,
  DeleteAlarms: deleteAlarms,
  GetMetricData: getMetricData,
};
