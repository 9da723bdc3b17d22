// Plans for endpoints about which little is known, or where little is to be done.
import { fleetInstances, makePlan } from '../../lambdas/core/planning/make-plan.ts';
import type { EndpointRecord } from '../../state-machine/contract/plan.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const planned = (before: Partial<EndpointRecord>) =>
  makePlan({
    ...{ rolloutId: 'r1', stackName: 'Deployer', request: aResolvedRequest() },
    artifact: { sha256: 'sum', location: { bucket: 'bucket', key: 'sum' }, goldenCases: null },
    before: {
      endpointConfigName: 'old',
      instanceType: 'ml.m5.large',
      tags: {},
      scaling: null,
      ...before,
    } as EndpointRecord,
  });
const variants = [{ name: 'primary', desiredInstanceCount: 3 }] as EndpointRecord['variants'];

test('an endpoint that shows no variant gets the usual one, with as many instances as were asked for', () => {
  const plan = planned({ variants: [] });
  expect([plan.endpointConfig.variantName, fleetInstances(plan)]).toEqual(['primary', 1]);
});

test('where nothing is updated, nothing is suspended', () => {
  const { endpointConfig } = planned({ variants });
  const scaling = {} as EndpointRecord['scaling'];
  const plan = planned({ variants, scaling, endpointConfigName: endpointConfig.name, instanceType: 'ml.m4.large' });
  expect([plan.operation, plan.suspendsScaling]).toEqual(['configure', false]);
});
