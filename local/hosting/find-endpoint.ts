/** Finds an endpoint that a call names, in a state in which the call may change it. */

import type { EndpointStatus } from '@aws-sdk/client-sagemaker';
import { arnOf } from './arns.ts';
import { validationException } from './aws-error.ts';
import type { Endpoint } from './records.ts';
import type { World } from './world.ts';

export function findEndpoint(world: World, name: string): Endpoint {
  const arn = arnOf(world, 'endpoint', name);
  const endpoint = world.endpoints.get(arn);
  if (!endpoint) throw validationException(`Could not find endpoint "${arn}".`);
  return endpoint;
}

const CHANGEABLE: Record<string, readonly EndpointStatus[]> = {
  update: ['InService', 'OutOfService', 'UpdateRollbackFailed'],
  scale: ['InService'],
  delete: ['InService', 'OutOfService', 'UpdateRollbackFailed', 'Failed'],
};

/** "DeleteEndpoint is the only operation that can be performed on a failed endpoint." (API_DescribeEndpoint) */
export function findChangeable(world: World, name: string, change: 'update' | 'scale' | 'delete'): Endpoint {
  const endpoint = findEndpoint(world, name);
  if (CHANGEABLE[change]!.includes(endpoint.status)) return endpoint;
  if (['Failed', 'OutOfService', 'UpdateRollbackFailed'].includes(endpoint.status))
    throw validationException(`Cannot update endpoint "${endpoint.arn}" in ${endpoint.status} state.`);
  throw validationException(`Cannot update in-progress endpoint "${endpoint.arn}".`);
}

/** Without the config that it runs on, SageMaker can neither update nor scale an endpoint (terraform-provider-aws #40048). */
export function checkOwnConfig(world: World, endpoint: Endpoint): void {
  const { arn } = endpoint.fleet!.config;
  if (!world.configs.has(arn)) throw validationException(`Could not find endpoint configuration "${arn}".`);
}
