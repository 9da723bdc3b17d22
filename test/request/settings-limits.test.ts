// The platform's limits: what reaches them is allowed, what exceeds them is refused with its place.
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';

const platform = {
  ...{ allowedInstanceTypes: ['ml.m5.large'], defaultInstanceType: 'ml.m5.large', maximumInstances: 4 },
  ...{ requireCandidate: false, allowTrust: false, supersededFails: false },
} as PlatformSettings;
const problemsOf = (request: CheckedRequest, change: Partial<PlatformSettings> = {}) =>
  resolveSettings(request, null, { ...platform, ...change }, 's3://capture').problems;
const placesOf = (...given: Parameters<typeof problemsOf>) => problemsOf(...given).map(({ where }) => where);
const instances = (instanceCount: number): CheckedRequest => ({ hosting: { type: 'realtime', instanceCount } });
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, 'x']));

test.each<[string, CheckedRequest, Partial<PlatformSettings>]>([
  ['all that is allowed', instances(4), {}],
  ['as few as many', { scaling: { minimum: 3, maximum: 3 } }, {}],
  ['a maximum as large as the platform’s', { scaling: { minimum: 1, maximum: 4 } }, {}],
  ['45 tags', { tags: tags(45) }, {}],
  ['live verification', { verification: 'live' }, {}],
  ['a candidate where one is required', { verification: 'candidate' }, { requireCandidate: true }],
  ['nothing, where a candidate is required', {}, { requireCandidate: true }],
])('%s: no problem', (_name, request, change) => expect(problemsOf(request, change)).toEqual([]));

test.each<[string, CheckedRequest, Partial<PlatformSettings>, string[]]>([
  ['one instance more', { ...instances(5), scaling: 'none' }, {}, ['hosting.instanceCount']],
  ['a maximum above', { scaling: { minimum: 1, maximum: 5 } }, {}, ['scaling.maximum']],
  ['a minimum above', { scaling: { minimum: 5, maximum: 5 } }, {}, ['scaling.minimum', 'scaling.maximum']],
  ['fewer at most than at least', { scaling: { minimum: 3, maximum: 2 } }, {}, ['scaling.minimum']],
  ['more than scaling allows', { ...instances(3), scaling: { maximum: 2 } }, {}, ['hosting.instanceCount']],
  ['46 tags', { tags: tags(46) }, {}, ['tags']],
  ['a tag of ours', { tags: { 'sagemaker-deployer:stack': 'x' } }, {}, ['tags.sagemaker-deployer:stack']],
  ['live where a candidate is required', { verification: 'live' }, { requireCandidate: true }, ['verification']],
  ['a type where none is allowed', {}, { allowedInstanceTypes: [] }, ['hosting.instanceType']],
])('%s: refused', (_name, request, change, places) => expect(placesOf(request, change)).toEqual(places));

test('what is found and what is allowed is told', () => {
  const [fewer] = problemsOf({ scaling: { minimum: 3, maximum: 2 } });
  expect(fewer?.message).toMatch(/3.*scaling\.maximum, 2/);
  const [none] = problemsOf({}, { allowedInstanceTypes: [] });
  expect(none?.message).toMatch(/ml\.m5\.large.*Allowed: none/);
  const [ours] = problemsOf({ tags: { 'sagemaker-deployer:stack': 'x' } });
  expect(ours?.message).toContain('sagemaker-deployer:');
});
