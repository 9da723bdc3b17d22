// What a plan costs, by prices that somebody gives: none is known here.
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { parseJson } from '../../lambdas/core/problems/problems.ts';
import { Refusal } from '../refusal.ts';
import { PriceListSchema, type Prices, pricesOfList } from './price-list.ts';
import type { InstanceCount, RolloutPlan } from './rollout-plan.ts';

/** For example `{ "currency": "XTS", "ml.m5.large": 1 }`. */
const PricesFileSchema = z.catchall(z.object({ currency: z.optional(z.string()) }), z.number().check(z.minimum(0)));
export interface PlanCost {
  currency: string | null;
  /** Of the extra capacity, if all of it runs as long as it may. */
  extraAtMost: number;
  /** Of the instances that serve, before and after. */
  perHour: { before: number; after: number };
  /** Types that the prices do not name: their instances are in none of these amounts. */
  withoutPrice: string[];
}

/** A file of one's own, or what `aws pricing get-products` printed. @throws Refusal for a file that is none, or holds something else */
export async function readPrices(file: string): Promise<Prices> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      error.code === 'ENOENT' ? `There is no file ${file}.` : `${file} cannot be read: ${error.message}`,
    );
  });
  const { value } = parseJson(content, file);
  const list = z.safeParse(PriceListSchema, value);
  if (list.success) return pricesOfList(list.data, file);
  const prices = z.safeParse(PricesFileSchema, value);
  if (prices.success) {
    const { currency = null, ...perHour } = prices.data;
    return { currency, perHour: new Map(Object.entries(perHour)) };
  }
  throw new Refusal(
    `${file} holds no prices. Give one of an instance and hour for each type: {"currency": "USD", "ml.m5.large": 0.1}`,
  );
}

export function costOf({ variants, extraInstanceHours }: RolloutPlan, prices: Prices): PlanCost {
  const withoutPrice = new Set<string>();
  const priceOf = (type: string): number => {
    const price = prices.perHour.get(type);
    if (price !== undefined) return price;
    withoutPrice.add(type);
    return 0;
  };
  const hourly = (counts: (InstanceCount | null)[]) =>
    cents(counts.reduce((sum, each) => sum + (each === null ? 0 : each.count * priceOf(each.type)), 0));
  const extra = extraInstanceHours.reduce(
    (sum, { instanceType, atMostHours }) => sum + atMostHours * priceOf(instanceType),
    0,
  );
  return {
    currency: prices.currency,
    extraAtMost: cents(extra),
    perHour: {
      before: hourly(variants.map(({ instances }) => instances.before)),
      after: hourly(variants.map(({ instances }) => instances.after)),
    },
    withoutPrice: [...withoutPrice].sort(),
  };
}

/** To hundredths of a cent. */
const cents = (amount: number): number => Math.round(amount * 10_000) / 10_000;
