// Plans for endpoints about which little is known, or where little is to be done.
import { NEW_METRICS } from '../../lambdas/core/endpoint/live-metrics.ts';
import { fleetSizes } from '../../lambdas/core/hosting/fleet-sizes.ts';
import { variantTarget } from '../../lambdas/core/naming/names.ts';
import { makePlan } from '../../lambdas/core/planning/make-plan.ts';
import type { EndpointRecord } from '../../state-machine/contract/plan.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const planned = (before: Partial<EndpointRecord>) =>
  makePlan({
    ...{ rolloutId: 'r1', stackName: 'Deployer', request: aResolvedRequest() },
    artifact: { sha256: 'sum', location: { bucket: 'bucket', key: 'sum' }, goldenCases: null },
    before: { endpointConfigName: 'old', variants: [], metrics: NEW_METRICS, tags: {}, scalingTargets: [], ...before },
    set: null,
  });
const variants: EndpointRecord['variants'] = [
  {
    name: 'primary',
    role: 'production',
    desiredInstanceCount: 3,
    instanceType: 'ml.m4.large',
    weight: 1,
    initialWeight: 1,
  },
];

test('an endpoint that shows no variant gets the usual one, with as many instances as were asked for', () => {
  const { endpointConfig } = planned({ variants: [] });
  expect([...fleetSizes(endpointConfig.variants, [])]).toEqual([['primary', 1]]);
});

test('where nothing is updated, nothing is suspended', () => {
  const { endpointConfig } = planned({ variants });
  const found = { minimum: 1, maximum: 2, suspended: {}, policies: [], scheduledActions: [] };
  const scalingTargets = [{ ...variantTarget('iris', 'primary'), variantName: 'primary', found }];
  const plan = planned({ variants, scalingTargets, endpointConfigName: endpointConfig.name });
  expect([plan.operation, plan.scalingTargets.map(({ suspended }) => suspended)]).toEqual(['configure', [false]]);
});
