// Which variant of an A/B test a user gets: the same one in every language, by an algorithm that docs/ab-tests.md publishes.
import { createHash } from 'node:crypto';

/** Weights by the names of variants, in the proportions of the traffic, for example `{ primary: 9, challenger: 1 }`. */
export type VariantWeights = Readonly<Record<string, number>>;

/**
 * The variant for a user, to be named as `TargetVariant` of InvokeEndpoint. It depends on nothing but the parameters: a user keeps
 * the variant as long as the weights keep their proportions, and where one weight changes, users come to that variant or leave it,
 * and no others move.
 *
 * @param userId any text; compared by its UTF-8 bytes
 * @param weights what is 0 gets nobody
 * @param experiment another name deals users anew; take one for each test, so that not always the same users get what is tried
 * @throws RangeError for an empty user id, no variants, a name that SageMaker does not take, a weight that is none, all weights 0
 */
export function pickVariant(userId: string, weights: VariantWeights, experiment = ''): string {
  if (userId === '') throw new RangeError('The user id is empty.');
  if (!userId.isWellFormed()) throw new RangeError('The user id holds half a surrogate pair, which UTF-8 cannot say.');
  if (!/^[\x20-\x7e]*$/.test(experiment))
    throw new RangeError(`The experiment ${JSON.stringify(experiment)} is not printable ASCII on one line.`);
  let picked: { name: string; score: number } | undefined;
  for (const [name, weight] of inOrder(weights)) {
    const score = smallLogarithm(drawn(`pick-variant/1\n${experiment}\n${name}\n${userId}`)) / weight;
    if (picked === undefined || score < picked.score) picked = { name, score };
  }
  return picked!.name;
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
const NAME = /^(?=.{1,63}$)[a-zA-Z0-9](-*[a-zA-Z0-9])*$/;
const SMALLEST = 1e-9;
const LARGEST = 1e9;

/** Those above 0, by name, whose characters are all ASCII: so by code units, code points and bytes alike. */
function inOrder(weights: VariantWeights): [name: string, weight: number][] {
  const all = Object.entries(weights);
  if (all.length === 0) throw new RangeError('There are no variants.');
  for (const [name, weight] of all) {
    if (!NAME.test(name)) throw new RangeError(`${JSON.stringify(name)} cannot name a variant.`);
    if (weight !== 0 && !(weight >= SMALLEST && weight <= LARGEST))
      throw new RangeError(`The weight of ${name} is ${weight}. Allowed: 0, or from ${SMALLEST} to ${LARGEST}.`);
  }
  const chosen = all.filter(([, weight]) => weight > 0);
  if (chosen.length === 0) throw new RangeError('All weights are 0.');
  return chosen.sort(([one], [other]) => (one < other ? -1 : 1));
}

/** From 1 to 2^52, evenly. */
const drawn = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 13), 16) + 1;

const MANTISSA = 2 ** 25;
const BITS = 24;

/**
 * -log2(number / 2^52) in units of 2^-24, less than 3 of them too much, of whole numbers below 2^53 alone: the last bit of Math.log
 * differs from language to language. Each squaring of the mantissa gives one bit; its 26 bits have a square of 52.
 */
function smallLogarithm(number: number): number {
  let power = 2 ** 52;
  let logarithm = 0;
  for (; power > number; power /= 2) logarithm += 2 ** BITS;
  let mantissa = Math.floor((number / power) * MANTISSA);
  for (let unit = 2 ** (BITS - 1); unit >= 1; unit /= 2) {
    mantissa = Math.floor((mantissa * mantissa) / MANTISSA);
    if (mantissa < 2 * MANTISSA) continue;
    mantissa = Math.floor(mantissa / 2);
    logarithm -= unit;
  }
  return logarithm;
}
