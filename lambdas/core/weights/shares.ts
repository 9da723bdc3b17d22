// Shares of the traffic: a weight over the sum of all weights.
import type { VariantRole } from '../../../state-machine/contract/variant.ts';
import type { Weights } from '../../../state-machine/contract/weight-shift.ts';

/** SageMaker keeps weights as 32-bit floats: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DesiredWeightAndCapacity.html */
const PRECISION = 1e-6;

/** 0 where it has none. A variant may be called like a member of every object, `constructor`. */
export const weightOf = (weights: Weights, name: string): number =>
  Object.hasOwn(weights, name) ? (weights[name] ?? 0) : 0;

/** Of the production variants. */
export const weightsOf = (variants: readonly { name: string; role: VariantRole; weight: number }[]): Weights =>
  Object.fromEntries(variants.filter(({ role }) => role === 'production').map(({ name, weight }) => [name, weight]));

/** 0 for all where nothing gets traffic. */
export function sharesOf(weights: Weights): Weights {
  const sum = Object.values(weights).reduce((total, weight) => total + weight, 0);
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, sum === 0 ? 0 : weight / sum]));
}

export const sameNames = (one: Weights, other: Weights): boolean =>
  Object.keys(one).sort().join() === Object.keys(other).sort().join();

/** Whether every variant has the weight that it has there, however small: 1e-8 and 9e-8 are shares as 1 and 9 are. */
export const sameWeights = (one: Weights, other: Weights): boolean =>
  sameNames(one, other) &&
  Object.entries(one).every(([name, weight]) => {
    const there = weightOf(other, name);
    return Math.abs(weight - there) <= PRECISION * Math.max(weight, there);
  });

const isSameShare = (one: number, other: number): boolean => Math.abs(one - other) <= PRECISION;

export function sameShares(one: Weights, other: Weights): boolean {
  const [shares, there] = [sharesOf(one), sharesOf(other)];
  return (
    sameNames(shares, there) &&
    Object.entries(shares).every(([name, share]) => isSameShare(share, weightOf(there, name)))
  );
}

/** The variants that get more of the traffic than before, in the order of `to`. */
export function gainsShare(from: Weights, to: Weights): string[] {
  const [before, after] = [sharesOf(from), sharesOf(to)];
  return Object.keys(to).filter((name) => {
    const [was, is] = [weightOf(before, name), weightOf(after, name)];
    return is > was && !isSameShare(is, was);
  });
}

/** `a 90 %, b 10 %` */
export const sharesText = (weights: Weights): string =>
  Object.entries(sharesOf(weights))
    .map(([name, share]) => `${name} ${Math.round(1000 * share) / 10} %`)
    .join(', ');
