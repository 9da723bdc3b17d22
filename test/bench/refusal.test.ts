// The figures of refusals: each bar is the largest of the five, and what was not rejected has none.
import { toldBefore } from '../../bench/refusal/before.ts';
import { figuresOf } from '../../bench/refusal/figures.ts';
import { wrongModels } from '../../bench/refusal/wrong-models.ts';

const before = { empty: 782, text: 782, 'unservable pickle': 782, 'wrong golden answers': 300, 'wrong version': 782 };
const rejected = (of: (index: number) => number[]) =>
  wrongModels.flatMap((model, index) => of(index).map((seconds) => ({ model, outcome: 'rejected' as const, seconds })));

test('the bars are the largest of the five: of the 90th percentile, and of it over what was before', () => {
  const { bars, models } = figuresOf(
    rejected((index) => [1, 2, 3, 4, index === 3 ? 6 : 7]),
    before,
  );
  expect(models.empty).toEqual({ secondsP50: 3, secondsP90: 7, secondsBefore: 782, refusalRatio: 0.009 });
  expect(models['wrong golden answers']).toEqual({
    secondsP50: 3,
    secondsP90: 6,
    secondsBefore: 300,
    refusalRatio: 0.02,
  });
  expect(bars).toEqual({ refusalRatio: 0.02, secondsP90: 7 });
});

test('a model that was not rejected is no figure, and neither is one that was never uploaded', () => {
  const one = { model: 'text', outcome: 'rolledBack', seconds: 500 } as const;
  expect(() => figuresOf([...rejected(() => [1]), one], before)).toThrow('Not rejected: text rolledBack.');
  expect(() => figuresOf([], before)).toThrow('nothing to rank');
});

test('before, a model that comes up was told of after its provisioning, and one that does not after the health check too', async () => {
  expect(await toldBefore(true)).toBeGreaterThanOrEqual(300);
  expect(await toldBefore(true)).toBeLessThan(310);
  expect(await toldBefore(false)).toBeGreaterThanOrEqual(780);
  expect(await toldBefore(false)).toBeLessThan(800);
});
