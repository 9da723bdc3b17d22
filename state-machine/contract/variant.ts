// A variant: one model of an endpoint, with what it runs on and its share of the traffic.
import * as z from 'zod/mini';
import { ResolvedHostingSchema } from './resolved-request.ts';

/** `shadow`: gets a copy of what a production variant is asked; nobody gets its answers. */
export const VariantRoleSchema = z.enum(['production', 'shadow']);
export type VariantRole = z.infer<typeof VariantRoleSchema>;

export const VariantSchema = z.object({
  name: z.string(),
  role: VariantRoleSchema,
  modelName: z.string(),
  artifactSha256: z.string(),
  imageDigest: z.string(),
  /** Its share of the traffic is its weight over the sum of all weights. */
  weight: z.number(),
  /** What it begins with; scaling changes it afterwards. */
  capacity: ResolvedHostingSchema,
});
export type Variant = z.infer<typeof VariantSchema>;

/** The variant that is meant where a request, or an outcome, is about one: what customers get most of. */
export function mainVariant<Any extends { role: VariantRole; weight: number }>(
  variants: readonly Any[],
): Any | undefined {
  return variants
    .filter(({ role }) => role === 'production')
    .reduce<Any | undefined>(
      (most, each) => (most === undefined || each.weight > most.weight ? each : most),
      undefined,
    );
}

/** What a variant gets of the traffic, in percent; 0 where all weights are 0. */
export function trafficPercent(weight: number, weights: readonly number[]): number {
  const sum = weights.reduce((one, other) => one + other, 0);
  return sum === 0 ? 0 : (100 * weight) / sum;
}

/** `90 %`; with one digit behind the point where that is needed. */
export const percentText = (percent: number): string => `${Number(percent.toFixed(1))} %`;
