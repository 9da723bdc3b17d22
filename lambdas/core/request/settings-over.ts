// What is said first goes before what was said then: field by field, and variants by their names.
import { KEPT, NEVER_KEPT_CASES } from '../../../state-machine/contract/kept.ts';
import type { ScalingMetric } from '../../../state-machine/contract/scaling-metrics.ts';
import { DEFAULT_METRIC, isSameMetric } from '../scaling/tracked-metric.ts';
import type { CheckedRequest } from './check-request.ts';

export function over(first: CheckedRequest, then: CheckedRequest): CheckedRequest {
  const keys = [...new Set([...Object.keys(first), ...Object.keys(then)])] as (keyof CheckedRequest)[];
  const merged = keys.map((key) => [key, valueOver(key, first[key], then[key])] as const);
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
}

/**
 * Field by field, where a setting is a record of fields of its own. As a whole: `environment` and `tags`, or nothing could be
 * taken out of them, and what is of another type: fields of one type of hosting say nothing of another.
 */
function valueOver(key: keyof CheckedRequest, first: unknown, then: unknown): unknown {
  if (first === undefined) return then;
  if (key === 'variants') return variantsOver(first as Variants, (then ?? []) as Variants);
  const isWhole = !(KEPT as readonly string[]).includes(key) || key === 'environment' || key === 'tags';
  if (isWhole || !isRecord(first) || !isRecord(then) || first.type !== then.type) return first;
  const bringsCases = key === 'canaryInvocations' && NEVER_KEPT_CASES.some((cases) => first[cases] !== undefined);
  // A target is said of its metric.
  const { metric = DEFAULT_METRIC } = then as { metric?: ScalingMetric };
  const bringsMetric =
    key === 'scaling' && first.metric !== undefined && !isSameMetric(first.metric as ScalingMetric, metric);
  return {
    ...(bringsCases ? without(then, NEVER_KEPT_CASES) : bringsMetric ? without(then, ['target']) : then),
    ...first,
  };
}

type Variants = NonNullable<CheckedRequest['variants']>;

/** What is listed first is the whole set. */
function variantsOver(first: Variants, then: Variants): Variants {
  return first.map(({ name, weight, ...own }) => {
    const before = then.find((other) => other.name === name);
    if (before === undefined) return { name, ...(weight !== undefined && { weight }), ...own };
    const { name: _, weight: weightBefore, ...ownBefore } = before;
    const merged = weight ?? weightBefore;
    return { name, ...(merged !== undefined && { weight: merged }), ...(over(own, ownBefore) as typeof own) };
  });
}

export function without<Settings extends object, Key extends string>(
  settings: Settings,
  keys: readonly Key[],
): Omit<Settings, Key> {
  const left = Object.entries(settings).filter(([key]) => !(keys as readonly string[]).includes(key));
  return Object.fromEntries(left) as Omit<Settings, Key>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
