// Which live configuration can be updated, and what its owner is told of one that cannot.
import { realtime } from '../../lambdas/core/hosting/realtime.ts';
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
const whyNot = (variants: (typeof variant)[], wanted: typeof scaling, desiredInstanceCount = 1) =>
  realtime.compatible(
    { endpointName: 'iris', config: { variants }, serving: [{ name: 'primary', desiredInstanceCount }] },
    { hosting, scaling: wanted },
  );

test('one variant, on instances, with no scaling that would take some away', () => {
  expect(whyNot([variant], null, 9)).toBeNull();
  expect(whyNot([variant], scaling, 5)).toBeNull();
  expect(whyNot([variant], scaling, 6)).toBe(
    'scaling.maximum: the endpoint iris serves with 6 instances now, and a maximum of 5 would take some away. Give at least 6, or roll out when fewer serve.',
  );
});

test('several variants, shadows included, are refused, and so is what has no instances', () => {
  const several = (what: string) =>
    `The endpoint iris serves ${what}; rollouts to more than one are not supported yet.`;
  expect(whyNot([variant, variant], scaling)).toBe(several('2 production variants'));
  expect(whyNot([], scaling)).toBe(several('0 production variants'));
  expect(whyNot([variant, { ...variant, name: 'copy', role: 'shadow' }], scaling)).toBe(
    several('1 production variants and 1 shadow variants'),
  );
  expect(whyNot([{ ...variant, instanceType: null, isServerless: true }], scaling)).toBe(
    'The endpoint iris is serverless; changing that to instances, or rolling out to it, is not supported yet.',
  );
  expect(whyNot([{ ...variant, instanceType: null }], scaling)).toBe(
    'The endpoint iris has no single instance type; rolling out to pools of instances is not supported yet.',
  );
});
