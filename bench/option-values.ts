// The values of options that benchmarks share.
import { InvalidArgumentError } from 'commander';

export const number = (least: number, most: number, isWhole: boolean) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !(value >= least && value <= most) || (isWhole && !Number.isInteger(value)))
    throw new InvalidArgumentError(`It must be a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}.`);
  return value;
};

export const whole = (least: number, most: number) => number(least, most, true);

/** Names with commas between them. */
export const listOf =
  <Name extends string>(known: readonly Name[]) =>
  (text: string): Name[] => {
    const names = text.split(',').map((name) => name.trim()) as Name[];
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) throw new InvalidArgumentError(`There is no ${unknown}; there are ${known.join(', ')}.`);
    return names;
  };
