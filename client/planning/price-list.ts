// The prices that AWS's Price List answers, as `aws pricing get-products` prints them: of instances that host models, by the hour.
// https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
import * as z from 'zod/mini';
import { Refusal } from '../refusal.ts';

export interface Prices {
  currency: string | null;
  /** Of one instance, by its type. */
  perHour: ReadonlyMap<string, number>;
}

/** Each product is JSON in JSON. */
export const PriceListSchema = z.object({ PriceList: z.array(z.string()) });

/** https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html */
const ProductSchema = z.object({
  product: z.object({
    attributes: z.object({
      /** `ml.m5.large` */
      instanceName: z.optional(z.string()),
      /** `Hosting`, `Training`, ... */
      component: z.optional(z.string()),
      regionCode: z.optional(z.string()),
    }),
  }),
  terms: z.object({
    OnDemand: z.optional(
      z.record(
        z.string(),
        z.object({
          priceDimensions: z.record(
            z.string(),
            z.object({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) }),
          ),
        }),
      ),
    ),
  }),
});

const FILTERS =
  'Ask for one region, and for hosting alone: --filters Type=TERM_MATCH,Field=regionCode,Value=<region> Type=TERM_MATCH,Field=component,Value=Hosting';

/** @throws Refusal where the list has no such price, or several of one type */
export function pricesOfList({ PriceList }: z.output<typeof PriceListSchema>, file: string): Prices {
  const perHour = new Map<string, number>();
  const currencies = new Set<string>();
  for (const text of PriceList) {
    const { success, data } = z.safeParse(ProductSchema, parsed(text));
    if (!success) continue;
    const { instanceName, component, regionCode } = data.product.attributes;
    if (instanceName === undefined || component !== 'Hosting') continue;
    const dimensions = Object.values(data.terms.OnDemand ?? {}).flatMap((term) => Object.values(term.priceDimensions));
    for (const { unit, pricePerUnit } of dimensions) {
      if (!/^(hrs|hours?)$/i.test(unit)) continue;
      for (const [currency, price] of Object.entries(pricePerUnit)) {
        const before = perHour.get(instanceName);
        if (before !== undefined && before !== Number(price))
          throw new Refusal(
            `${file} has several prices of ${instanceName}, ${before} and ${Number(price)} (${regionCode}). ${FILTERS}`,
          );
        currencies.add(currency);
        perHour.set(instanceName, Number(price));
      }
    }
  }
  if (perHour.size === 0) throw new Refusal(`${file} has no price of an instance that hosts models. ${FILTERS}`);
  return { currency: currencies.size === 1 ? [...currencies][0]! : null, perHour };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
