// Endpoints as DescribeEndpoint shows them.
import type { EndpointDescription, EndpointStatus } from '../../lambdas/core/endpoint/endpoint-description.ts';

export const anEndpoint = (
  status: EndpointStatus,
  endpointConfigName: string,
  pendingEndpointConfigName: string | null = null,
  failureReason: string | null = null,
): EndpointDescription => ({
  name: 'iris',
  arn: 'arn',
  status,
  endpointConfigName,
  pendingEndpointConfigName,
  trafficMoves: false,
  progress: null,
  failureReason,
  variants: [],
});

export const everyStatus: EndpointStatus[] = [
  'OutOfService',
  'Creating',
  'Updating',
  'SystemUpdating',
  'RollingBack',
  'InService',
  'Deleting',
  'Failed',
  'UpdateRollbackFailed',
];
