/** CloudWatch's metrics of endpoints, computed from what the servers answered. */

import type { Dimension, MetricDataQuery, MetricStat } from '@aws-sdk/client-cloudwatch';
import { AwsError } from './aws-error.ts';
import type { InvocationSample } from './invocation-metrics.ts';
import { type Expression, expression, type Series } from './metric-math.ts';
import type { World } from './world.ts';

export const NAMESPACE = 'AWS/SageMaker';

const validationError = (message: string) => new AwsError('ValidationError', message);
const flag = (holds: boolean) => Number(holds);

/**
 * One value for each invocation. InvocationModelErrors counts every answer that is not 2XX, 4XX and timeouts included.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
const METRICS: Record<string, (sample: InvocationSample) => number | undefined> = {
  Invocations: () => 1,
  Invocation4XXErrors: ({ status }) => flag(status >= 400 && status < 500),
  Invocation5XXErrors: ({ status }) => flag(status >= 500),
  InvocationModelErrors: ({ status }) => flag(status < 200 || status >= 300),
  /** In microseconds. */
  ModelLatency: ({ latencyMs }) => 1000 * latencyMs,
  // Of serverless variants: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html. The overhead
  // includes the cold start; the setup is measured of cold starts alone.
  OverheadLatency: ({ serverless }) => serverless && 1000 * serverless.setupMs,
  ModelSetupTime: ({ serverless }) => (serverless?.setupMs ? 1000 * serverless.setupMs : undefined),
  ServerlessConcurrentExecutionsUtilization: ({ serverless }) => serverless?.concurrency,
  ServerlessProvisionedConcurrencyUtilization: ({ serverless }) => serverless?.provisionedConcurrency,
};

export interface Query {
  readonly id: string;
  readonly label: string;
  readonly periodMs: number;
  readonly series: Series;
  readonly returned: boolean;
}

/** What queries ask for; each names a metric, or an expression over the others. */
export function queries(world: World, asked: readonly MetricDataQuery[]): Query[] {
  const byId = new Map<string, Query>();
  for (const query of asked) if (query.MetricStat) byId.set(query.Id!, metricQuery(world, query, query.MetricStat));
  // The simulator computes one step of expressions: an expression over expressions finds no such id.
  const metrics = new Map(byId);
  for (const query of asked) if (!query.MetricStat) byId.set(query.Id!, expressionQuery(query, metrics));
  return asked.map(({ Id }) => byId.get(Id!)!);
}

function metricQuery(world: World, query: MetricDataQuery, { Metric, Period, Stat }: MetricStat): Query {
  const { Namespace, MetricName, Dimensions = [] } = Metric!;
  if (Namespace !== NAMESPACE)
    throw validationError(`The simulator has metrics of ${NAMESPACE} only, not of ${Namespace}.`);
  if (Period! % 60 !== 0) throw validationError(`The period must be a multiple of 60, not ${Period}.`);
  const valueIn = METRICS[MetricName!];
  const periodMs = Period! * 1000;
  const of = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name!, Value!]));
  const series: Series = (from) => {
    // A metric that nobody publishes is no error: it has no data.
    const values = valueIn === undefined ? [] : samplesOf(world, Dimensions, from, from + periodMs).map(valueIn);
    const fromQueue = world.asyncMetrics.values(MetricName!, of, from, from + periodMs);
    const published = [...values, ...fromQueue].filter((value) => value !== undefined);
    return published.length > 0 ? statistic(Stat!, published) : undefined;
  };
  statistic(Stat!, [0]);
  return { id: query.Id!, label: query.Label ?? MetricName!, periodMs, series, returned: query.ReturnData ?? true };
}

function expressionQuery(query: MetricDataQuery, metrics: ReadonlyMap<string, Query>): Query {
  const { compute, ids } = expression(query.Expression ?? '');
  const used = [...ids].map((id) => {
    const metric = metrics.get(id);
    if (!metric) throw validationError(`The expression "${query.Expression}" refers to "${id}", which is not defined.`);
    return metric;
  });
  const periods = [...new Set(used.map(({ periodMs }) => periodMs))];
  if (periods.length !== 1)
    throw validationError('An expression must use metrics, all of the same period, in the simulator.');
  const [periodMs = 0] = periods;
  const series: Series = (from) => computed(compute, metrics, from);
  return {
    ...{ id: query.Id!, label: query.Label ?? query.Expression!, periodMs, series },
    returned: query.ReturnData ?? true,
  };
}

const computed = (compute: Expression, metrics: ReadonlyMap<string, Query>, from: number) =>
  compute((id) => metrics.get(id)?.series(from));

/** A metric is known by exactly its dimensions; the configuration's is published beside the one without it. */
function samplesOf(world: World, dimensions: readonly Dimension[], from: number, to: number): InvocationSample[] {
  const of = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name!, Value]));
  const names = Object.keys(of).sort().join();
  if (names !== 'EndpointConfigName,EndpointName,VariantName' && names !== 'EndpointName,VariantName') return [];
  return world.metrics
    .samples(of.EndpointName!, from, to)
    .filter(
      ({ variantName, configName }) =>
        variantName === of.VariantName && configName === (of.EndpointConfigName ?? configName),
    );
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html; percentiles by nearest rank. */
function statistic(name: string, values: number[]): number {
  const sum = () => values.reduce((total, value) => total + value, 0);
  const percentile = /^p(\d{1,2}(?:\.\d+)?|100)$/.exec(name)?.[1];
  if (percentile !== undefined) {
    const sorted = values.toSorted((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((Number(percentile) / 100) * sorted.length) - 1)]!;
  }
  // PR(:300) is the percentage of values of 300 or less; a lower bound is exclusive.
  const [, above, atMost] = /^PR\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(name) ?? [];
  if (above || atMost) {
    const within = values.filter((value) => !(above && value <= Number(above)) && !(atMost && value > Number(atMost)));
    return (100 * within.length) / values.length;
  }
  switch (name) {
    case 'Sum':
      return sum();
    case 'SampleCount':
      return values.length;
    case 'Average':
      return sum() / values.length;
    case 'Minimum':
      return values.reduce((least, value) => Math.min(least, value));
    case 'Maximum':
      return values.reduce((most, value) => Math.max(most, value));
    default:
      throw validationError(`The simulator does not compute the statistic ${name}.`);
  }
}
