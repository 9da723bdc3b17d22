// What an outcome says where an endpoint has several variants: all that answer, with what each gets of the traffic as planned.

import type { Ending } from '../../lambdas/core/outcome/outcome.ts';
import { outcomeText } from '../../lambdas/core/outcome/outcome-text.ts';
import { changeOf, servingOf, stillServing } from '../../lambdas/core/outcome/release.ts';
import { OutcomeSchema } from '../../state-machine/contract/outcome.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import { percentText, trafficPercent, type Variant } from '../../state-machine/contract/variant.ts';
import { aRelease, aVariant } from '../core/a-variant.ts';
import { anOutcome } from './an-outcome.ts';
import { aPlan } from './ends.ts';

const [A, B, C] = ['a', 'b', 'c'].map((digit) => digit.repeat(64)) as [string, string, string];
const primary = aVariant({ weight: 9, artifactSha256: A });
const challenger = aVariant({ name: 'challenger', artifactSha256: B, imageDigest: 'sha256:e' });
const shadow = aVariant({ name: 'shadow', role: 'shadow', artifactSha256: C });
const planOf = (...variants: Variant[]): Plan => ({
  ...aPlan,
  before: {} as never,
  endpointConfig: { ...aPlan.endpointConfig, variants },
});
const both = {
  ...{ artifactSha256: A, imageDigest: primary.imageDigest },
  variants: [
    { name: 'primary', weight: 9, artifactSha256: A, imageDigest: primary.imageDigest },
    { name: 'challenger', weight: 1, artifactSha256: B, imageDigest: 'sha256:e' },
  ],
};

test('all production variants, and beside them the one that customers get most of', () => {
  expect(servingOf(planOf(challenger, primary, shadow))).toMatchObject({
    ...both,
    variants: [...both.variants].reverse(),
  });
  const newest = aRelease({ variants: [primary, challenger] });
  expect(stillServing('rejected', newest, null)).toEqual({ ...both, endpointConfigName: 'iris-config' });
});

test('of one variant no list, also beside a shadow', () => {
  expect(servingOf(planOf(primary))).not.toHaveProperty('variants');
  expect(servingOf(planOf(primary, shadow))).not.toHaveProperty('variants');
});

test.each<[string, Variant[], Variant[], boolean]>([
  ['the same models, other weights', [primary, challenger], [{ ...primary, weight: 1 }, challenger], false],
  ['a challenger with another model', [primary], [primary, challenger], true],
  [
    'a challenger with the same model, on other instances',
    [primary],
    [primary, { ...challenger, artifactSha256: A }],
    false,
  ],
  ['a new model of the smaller variant', [primary, challenger], [primary, { ...challenger, artifactSha256: C }], true],
  ['the end of the challenger', [primary, challenger], [primary], false],
  ['the challenger in the place of the primary', [primary, challenger], [{ ...primary, artifactSha256: B }], true],
  ['a shadow', [primary], [primary, shadow], false],
  ['a shadow that becomes a variant', [primary, shadow], [primary, { ...shadow, role: 'production' }], true],
])('whether a new model serves: %s', (_, before, now, expected) => {
  const deployed: Ending = { outcome: 'deployed', failure: null, problems: [], left: [] };
  const change = changeOf(planOf(...now), deployed, aRelease({ variants: before }));
  expect(change?.model).toBe(expected);
});

test('the contract keeps them, and people read them in percent', () => {
  const outcome = anOutcome({ serving: { ...both, endpointConfigName: 'iris-config-2' } });
  expect(OutcomeSchema.parse(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
  expect(outcomeText(outcome)).toContain(
    [
      'Serving:   2 variants, configuration iris-config-2',
      `           - primary, 90 % of the traffic: artifact ${A}`,
      `           - challenger, 10 % of the traffic: artifact ${B}`,
      'Rollout:   ',
    ].join('\n'),
  );
});

test('of one variant people read what they read before', () => {
  expect(outcomeText(anOutcome())).toContain(`\nServing:   artifact ${B}, configuration iris-config-2\nRollout:   `);
});

test('shares', () => {
  expect([1, 1, 1].map((weight, _, all) => percentText(trafficPercent(weight, all)))).toEqual(Array(3).fill('33.3 %'));
  expect(percentText(trafficPercent(0, [0, 0]))).toBe('0 %');
});
