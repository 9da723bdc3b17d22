// Who gets which variant: the same in every language, in the proportions of the weights, with as few moves as there can be.
import fc from 'fast-check';
import { pickVariant, type VariantWeights } from '../../client/client.ts';
import { read, tableUnder } from '../docs/markdown.ts';
import { codePoint } from '../setup/code-point.ts';
import { runs } from '../setup/runs.ts';
import { asParameters, inAShell, inPython, inTypeScript } from './pickers.ts';
import { scaledLogarithm } from './reference.ts';

const users = Array.from({ length: 6_000 }, (_, number) => `user-${number}`);
const picks = (weights: VariantWeights, experiment?: string) =>
  users.map((user) => pickVariant(user, weights, experiment));

const name = fc.stringMatching(/^[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?$/);
const weight = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 100 }) },
  { weight: 4, arbitrary: fc.double({ min: 1e-9, max: 1e9, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0.1, 0.3, 1e-9, 1e9) },
);
const someWeights = fc
  .dictionary(name, weight, { minKeys: 1, maxKeys: 6, noNullPrototype: true })
  .filter((weights) => Object.values(weights).some((each) => each > 0));
/** One line each, as the programs read them; a shell's lines hold no NUL. */
const user = fc.string({ unit: codePoint, minLength: 1, maxLength: 20 }).filter((text) => !/[\n\0]/.test(text));
const experiment = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });

test('TypeScript, Python and a shell agree, whatever the users and the weights', () => {
  const many = fc.array(user, { minLength: 200, maxLength: 200 });
  fc.assert(
    fc.property(many, someWeights, experiment, (some, weights, of) => {
      const expected = { status: 0, variants: inTypeScript(some, weights, of), stderr: '' };
      expect(inPython(some, asParameters(weights), of)).toEqual(expected);
      expect(inAShell(some, asParameters(weights), of)).toEqual(expected);
    }),
    // Shrinking would start both programs for each smaller case.
    { numRuns: runs(200), endOnFailure: true },
  );
}, 300_000);

test('to the last unit: of equal scores the first name, of the next larger weight its variant', () => {
  for (const who of users.slice(0, 60)) {
    const [first, second] = ['B', 'a'].map((each) => scaledLogarithm('x', each, who)) as [number, number];
    const cases: [VariantWeights, string][] = [
      [{ a: second, B: first }, 'B'],
      [{ a: second * (1 + 2 ** -40), B: first }, 'a'],
      [{ a: second, B: first * (1 - 2 ** -40) }, 'a'],
    ];
    for (const [weights, variant] of cases) {
      const expected = [variant];
      expect([who, inTypeScript([who], weights, 'x')]).toEqual([who, expected]);
      if (who > 'user-2') continue;
      expect(inPython([who], asParameters(weights), 'x').variants).toEqual(expected);
      expect(inAShell([who], asParameters(weights), 'x').variants).toEqual(expected);
    }
  }
}, 120_000);

test('the vectors of the documentation are right, in every language', () => {
  const rows = tableUnder(read('docs/ab-tests.md'), '### Test vectors').map((cells) =>
    cells.map((cell) => cell.replaceAll('`', '')),
  );
  expect(rows.length).toBeGreaterThanOrEqual(6);
  for (const [of, weights, who, variant] of rows as [string, string, string, string][]) {
    const given = JSON.parse(weights) as VariantWeights;
    const inEach = [
      inTypeScript([who], given, of),
      ...[inPython, inAShell].map((pick) => pick([who], asParameters(given), of).variants),
    ];
    expect(inEach).toEqual([[variant], [variant], [variant]]);
  }
});

test.each<[VariantWeights]>([
  [{ primary: 9, challenger: 1 }],
  [{ a: 1, b: 1, c: 1, d: 1 }],
  [{ a: 0.5, b: 0.3, c: 0.2, off: 0 }],
  [{ a: 99, b: 1 }],
])('%j divides users in its proportions', (weights) => {
  const found = picks(weights);
  const sum = Object.values(weights).reduce((one, other) => one + other, 0);
  for (const [variant, each] of Object.entries(weights)) {
    const share = each / sum;
    const expected = users.length * share;
    // Four standard deviations of a binomial draw.
    const slack = 4 * Math.sqrt(expected * (1 - share));
    expect(Math.abs(found.filter((one) => one === variant).length - expected)).toBeLessThanOrEqual(slack);
  }
});

test('proportions count, not sizes; nor the order in which variants are named', () => {
  const expected = picks({ primary: 9, challenger: 1 });
  expect(picks({ challenger: 1, primary: 9 })).toEqual(expected);
  expect(picks({ primary: 18, challenger: 2 })).toEqual(expected);
  expect(picks({ primary: 0.9, challenger: 0.1 })).toEqual(expected);
});

test('where one weight changes, users come to that variant or leave it, and no others move', () => {
  const someUsers = users.slice(0, 50);
  fc.assert(
    fc.property(someWeights, name, weight, experiment, (before, changed, to, of) => {
      const after = { ...before, [changed]: to };
      if (Object.values(after).every((each) => each === 0)) return;
      const rises = to > (before[changed] ?? 0);
      for (const who of someUsers) {
        const [was, is] = [before, after].map((weights) => pickVariant(who, weights, of));
        if (was !== is) expect(rises ? is : was).toBe(changed);
      }
    }),
    { numRuns: runs(2_000) },
  );
});

test('as few move as the shares say', () => {
  const moved = (before: VariantWeights, after: VariantWeights) => {
    const [was, is] = [picks(before), picks(after)];
    return was.filter((variant, index) => variant !== is[index]).length / users.length;
  };
  expect(moved({ primary: 9, challenger: 1 }, { primary: 1, challenger: 1 })).toBeCloseTo(0.4, 1);
  expect(moved({ a: 1, b: 1 }, { a: 1, b: 1, aa: 1 })).toBeCloseTo(1 / 3, 1);
  expect(moved({ a: 1, b: 1, c: 1 }, { a: 1, b: 0, c: 1 })).toBeCloseTo(1 / 3, 1);
});

test('another experiment deals users anew', () => {
  const [one, other] = ['one', 'other'].map((each) => picks({ a: 1, b: 1 }, each));
  expect(one!.filter((variant, index) => variant === other![index]).length / users.length).toBeCloseTo(0.5, 1);
});

describe('what names no variant is refused, in every language', () => {
  test.each<[string, string[], string[], string, RegExp]>([
    ['no variants', ['u'], [], '', /no variants/],
    ['all weights 0', ['u'], ['a=0', 'b=0'], '', /All weights are 0/],
    ['a negative weight', ['u'], ['a=1', 'b=-1'], '', /The weight of b is -1/],
    ['no number', ['u'], ['a=1', 'b=nan'], '', /The weight of b is nan/],
    ['an endless weight', ['u'], ['a=inf'], '', /The weight of a is inf/],
    ['a tiny weight', ['u'], ['a=1e-10'], '', /The weight of a is 1e-10/],
    ['a name that is none', ['u'], ['a_b=1'], '', /a_b.* cannot name a variant/],
    ['a name of 64 characters', ['u'], [`${'a'.repeat(64)}=1`], '', /cannot name a variant/],
    ['a hyphen at the end', ['u'], ['a-=1'], '', /cannot name a variant/],
    ['an empty user id', [''], ['a=1'], '', /user id is empty/],
    ['an experiment of two lines', ['u'], ['a=1'], 'x\ny', /not printable ASCII on one line/],
    ['an experiment beyond ASCII', ['u'], ['a=1'], 'ä', /not printable ASCII on one line/],
  ])('%s', (_, [who], parameters, of, said) => {
    const weights = Object.fromEntries(
      parameters.map((each) => {
        const [variant, given] = each.split('=') as [string, string];
        return [variant, given === 'inf' ? Number.POSITIVE_INFINITY : Number(given)];
      }),
    );
    const inWords = new RegExp(said.source.replace('nan', '(nan|NaN)').replace('inf', '(inf|Infinity)'));
    expect(() => pickVariant(who!, weights, of)).toThrow(RangeError);
    expect(() => pickVariant(who!, weights, of)).toThrow(inWords);
    for (const pick of [inPython, inAShell]) {
      const { status, variants, stderr } = pick([who!], parameters, of);
      expect([status === 0, variants]).toEqual([false, []]);
      expect(stderr).toMatch(inWords);
    }
  });

  test('half a surrogate pair, which only JavaScript has', () => {
    expect(() => pickVariant('\ud800', { a: 1 })).toThrow(/half a surrogate pair/);
  });
});
