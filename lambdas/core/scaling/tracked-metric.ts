// The metric of a policy of target tracking, as Application Auto Scaling has it, and as a request does.
import {
  CustomizedMetricSchema,
  SCALING_METRICS,
  type ScalingMetric,
} from '../../../state-machine/contract/scaling-metrics.ts';
import { canonicalJson } from '../naming/names.ts';

type Configuration = Record<string, unknown>;
interface Dimension {
  Name: string;
  Value: string;
}

export const DEFAULT_METRIC = SCALING_METRICS[0];
/** Invocations per instance and minute; of other metrics nobody can say. */
export const DEFAULT_TARGET = 70;

/** The member of the policy's configuration that says it. */
export function metricSpecification(metric: ScalingMetric): Configuration {
  if (typeof metric === 'string') return { PredefinedMetricSpecification: { PredefinedMetricType: metric } };
  const { namespace, metricName, dimensions = {}, statistic, unit } = metric.customized;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    CustomizedMetricSpecification: inDimensionOrder({
      ...{ MetricName: metricName, Namespace: namespace, Statistic: statistic },
      ...(Dimensions.length > 0 && { Dimensions }),
      ...(unit !== undefined && { Unit: unit }),
    }),
  };
}

/** The same configuration with dimensions in one order: theirs says nothing. */
export function normalised({ CustomizedMetricSpecification: customized, ...others }: Configuration): Configuration {
  return customized === undefined ? others : { ...others, CustomizedMetricSpecification: inDimensionOrder(customized) };
}

export function inDimensionOrder(specification: unknown): unknown {
  const { Dimensions = [], ...others } = specification as { Dimensions?: Dimension[] };
  if (Dimensions.length === 0) return others;
  return { ...others, Dimensions: [...Dimensions].sort((one, other) => (one.Name < other.Name ? -1 : 1)) };
}

export const isSameMetric = (one: ScalingMetric, other: ScalingMetric): boolean =>
  canonicalJson(metricSpecification(one)) === canonicalJson(metricSpecification(other));

export function tracksMetric(configuration: Configuration, metric: ScalingMetric): boolean {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification } = normalised(configuration);
  if (typeof metric === 'string') return (predefined as Configuration | undefined)?.PredefinedMetricType === metric;
  return canonicalJson({ CustomizedMetricSpecification }) === canonicalJson(metricSpecification(metric));
}

/** Null where a request could not say it: one that is computed, or is not of instances. */
export function trackedMetric({
  PredefinedMetricSpecification: predefined,
  CustomizedMetricSpecification: customized,
}: Configuration): ScalingMetric | null {
  const type = (predefined as Configuration | undefined)?.PredefinedMetricType;
  if (predefined !== undefined) return SCALING_METRICS.find((metric) => metric === type) ?? null;
  const { MetricName, Namespace, Dimensions = [], Statistic, Unit, ...others } = (customized ?? {}) as Configuration;
  const entries = (Dimensions as Dimension[]).map(({ Name, Value }) => [Name, Value] as const);
  const read = CustomizedMetricSchema.safeParse({
    ...{ namespace: Namespace, metricName: MetricName, statistic: Statistic },
    ...(entries.length > 0 && { dimensions: Object.fromEntries(entries) }),
    ...(Unit !== undefined && { unit: Unit }),
  });
  return read.success && Object.keys(others).length === 0 ? { customized: read.data } : null;
}
