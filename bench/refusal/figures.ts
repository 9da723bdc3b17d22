// From measured refusals to the figures that are held.
import type { Refusal } from './run-refusals.ts';
import { type WrongModel, wrongModels } from './wrong-models.ts';

export interface ModelFigures {
  secondsP50: number;
  secondsP90: number;
  /** What was told before models were tried, by virtual time. */
  secondsBefore: number;
  refusalRatio: number;
}

/** Nearest rank: the smallest value that at least p % of the sample do not exceed. */
function percentile(sample: readonly number[], p: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((p / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is nothing to rank.');
  return value;
}

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

/** `before`: seconds, by model. Throws where one was not rejected: then there is nothing to compare. */
export function figuresOf(refusals: readonly Refusal[], before: Readonly<Record<WrongModel, number>>) {
  const letBy = refusals.filter(({ outcome }) => outcome !== 'rejected');
  if (letBy.length > 0)
    throw new Error(`Not rejected: ${letBy.map((each) => `${each.model} ${each.outcome}`).join(', ')}.`);
  const models = Object.fromEntries(
    wrongModels.map((model) => {
      const seconds = refusals.filter((each) => each.model === model).map((each) => each.seconds);
      const secondsP90 = percentile(seconds, 90);
      const figures: ModelFigures = {
        ...{ secondsP50: round(percentile(seconds, 50), 2), secondsP90: round(secondsP90, 2) },
        ...{ secondsBefore: before[model], refusalRatio: round(secondsP90 / before[model], 4) },
      };
      return [model, figures];
    }),
  ) as Record<WrongModel, ModelFigures>;
  const largest = (of: (figures: ModelFigures) => number) => Math.max(...Object.values(models).map(of));
  return {
    /** Each the largest of the five. */
    bars: {
      refusalRatio: largest(({ refusalRatio }) => refusalRatio),
      secondsP90: largest(({ secondsP90 }) => secondsP90),
    },
    models,
  };
}
