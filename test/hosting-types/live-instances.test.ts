// Which live configuration can be updated, and what its owner is told of one that cannot.
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
import type { ResolvedRequest } from '../../state-machine/contract/resolved-request.ts';
import type { VariantRole } from '../../state-machine/contract/variant.ts';
import { aResolvedRequest } from '../request/a-resolved-request.ts';

const { hosting, scaling } = aResolvedRequest();
const variant = {
  name: 'primary',
  role: 'production' as VariantRole,
  modelName: 'm',
  instanceType: 'ml.m5.large' as string | null,
  isServerless: false,
  initialWeight: 1,
  initialInstanceCount: 1,
};
const whyNot = (
  variants: (typeof variant)[],
  wanted: typeof scaling,
  desiredInstanceCount = 1,
  named?: ResolvedRequest['variants'],
  isReleased = true,
) =>
  realtime.compatible(
    {
      ...{ endpointName: 'iris', isReleased, config: { variants } },
      serving: [{ name: 'primary', desiredInstanceCount }],
      scaled: [],
    },
    { hosting, scaling: wanted, variants: named },
  );

test('one variant, on instances, with no scaling that would take some away', () => {
  expect(whyNot([variant], null, 9)).toBeNull();
  expect(whyNot([variant], scaling, 5)).toBeNull();
  expect(whyNot([variant], scaling, 6)).toBe(
    'scaling.maximum: the endpoint iris serves with 6 instances now, and a maximum of 5 would take some away. Give at least 6, or roll out when fewer serve.',
  );
});

test('several variants can be updated by a request that names them, where this stack released them', () => {
  const named = ['primary', 'challenger'].map((name) => ({ ...aResolvedRequest(), name, weight: 1 }));
  const both = [variant, { ...variant, name: 'challenger' }];
  expect(whyNot(both, scaling, 1, named)).toBeNull();
  expect(whyNot(both, scaling, 1, named, false)).toMatch(
    /^The endpoint iris serves 2 production variants, which something else made\./,
  );
  expect(whyNot(both, scaling, 1, undefined, false)).toMatch(/which something else made\./);
  expect(whyNot(both, scaling)).toBe('The endpoint iris serves 2 production variants. Name all of them in `variants`.');
  expect(whyNot(both, scaling, 6, named)).toMatch(
    /^scaling.maximum: the variant primary of iris serves with 6 instances now/,
  );
});

test('shadows are refused, and so is what has no instances', () => {
  expect(whyNot([variant, { ...variant, name: 'copy', role: 'shadow' }], scaling)).toBe(
    'The endpoint iris has 1 shadow variants; rolling out to it is not supported yet.',
  );
  expect(whyNot([{ ...variant, instanceType: null, isServerless: true }], scaling)).toBe(
    'The endpoint iris is serverless, and instances are asked for. SageMaker would change it and never change it back (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html), so that no rollback would be left. Roll out to an endpoint of another name, or retire iris first and deploy it then, which leaves it without an endpoint in between.',
  );
  expect(whyNot([{ ...variant, instanceType: null }], scaling)).toBe(
    'The endpoint iris has no single instance type; rolling out to pools of instances is not supported yet.',
  );
});
