// What an endpoint's status allows: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html
import type { EndpointDescription, EndpointStatus } from './endpoint-description.ts';

const busy: readonly EndpointStatus[] = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Whether SageMaker refuses every change at the moment. */
export const isBusy = (endpoint: EndpointDescription): boolean => busy.includes(endpoint.status);

/** In service on exactly this configuration, with nothing under way. */
export const servesSettled = (endpoint: EndpointDescription, endpointConfigName: string): boolean =>
  endpoint.status === 'InService' &&
  endpoint.endpointConfigName === endpointConfigName &&
  endpoint.pendingEndpointConfigName === null;
