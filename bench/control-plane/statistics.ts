// Mean, median, 99th percentile and largest of a sample.

export interface Statistics {
  n: number;
  mean: number;
  median: number;
  p99: number;
  largest: number;
}

/** Rounded to milliseconds, where the sample is in seconds. @throws for an empty sample: no data is no figure */
export function statistics(sample: readonly number[]): Statistics {
  if (sample.length === 0) throw new Error('There is nothing to average.');
  const sorted = sample.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return {
    n: sorted.length,
    mean: rounded(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
    median: rounded(median),
    p99: rounded(sorted[Math.ceil(0.99 * sorted.length) - 1]!),
    largest: rounded(sorted.at(-1)!),
  };
}

export const rounded = (value: number) => Math.round(value * 1000) / 1000;
