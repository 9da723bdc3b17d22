// The alarms on a new fleet: what takes an update back while its traffic moves.
import { createHash } from 'node:crypto';
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { ResolvedAlarms } from '../../../state-machine/contract/resolved-request.ts';

/** Below this a period says nothing: 1 error of 3 requests is no error rate. Golden traffic gives each period as many. */
export const MINIMUM_REQUESTS = 10;
/** What CloudWatch's endpoint metrics are published in: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html */
export const PERIOD_SECONDS = 60;
/** AutoRollbackConfiguration takes 10: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AutoRollbackConfig.html */
export const MAXIMUM_ALARMS = 10;

export interface Fleet {
  endpointName: string;
  variantName: string;
  /** Tells the new fleet from the old one, which has the same variant name. */
  endpointConfigName: string;
}

export type Watched = Pick<Fleet, 'endpointName'> & Partial<Fleet>;

type EndpointMetric =
  | 'Invocations'
  | 'Invocation4XXErrors'
  | 'Invocation5XXErrors'
  /** Every answer that is not 2XX, 4XX included. */
  | 'InvocationModelErrors'
  /** In microseconds. */
  | 'ModelLatency'
  // Of asynchronous endpoints; the last one in seconds.
  | 'InvocationsProcesssed'
  | 'InvocationFailures'
  | 'ExpiredRequests'
  | 'ApproximateAgeOfOldestRequest';

/** One datapoint above `threshold` is ALARM, a period without data is none. */
export interface FleetAlarm {
  name: string;
  description: string;
  /** One fleet; or a variant, or the endpoint, whichever fleet it is on. */
  fleet: Watched;
  metrics: { id: string; metric: EndpointMetric; statistic: 'Sum' | 'Maximum' | 'p99' }[];
  /** Metric math over the metrics' ids, for each period. */
  expression: string;
  threshold: number;
}

/** The names that only rollouts of this stack give to alarms; IAM knows the prefix. */
export const fleetAlarmPrefix = (stackName: string): string => `${stackName}-rollout-`;

/** Each kind that has a limit; [] where there is none. The same rollout always gives the same names, another rollout others. */
export function fleetAlarms(
  stackName: string,
  rolloutId: string,
  fleet: Fleet,
  { maximumErrorPercent, maximumP99Milliseconds }: ResolvedAlarms,
): FleetAlarm[] {
  const named = alarmNamer(stackName, rolloutId, fleet);
  const alarm = (
    kind: string,
    { what, ...definition }: Omit<FleetAlarm, 'name' | 'description' | 'fleet'> & { what: string },
  ) => ({ ...named(kind, `${what} of the new fleet`), fleet, ...definition });
  const invocations = { id: 'requests', metric: 'Invocations', statistic: 'Sum' } as const;
  const sum = (id: string, metric: EndpointMetric) => ({ id, metric, statistic: 'Sum' }) as const;
  const errors = (percent: number) => [
    alarm('5xx', {
      what: `more than ${percent} % answers with 5XX`,
      metrics: [invocations, sum('errors', 'Invocation5XXErrors')],
      expression: enough('100 * errors / requests'),
      threshold: percent,
    }),
    // What is no 4XX is the model's own fault: 5XX, broken connections, timeouts.
    alarm('model-errors', {
      what: `more than ${percent} % errors of the model`,
      metrics: [invocations, sum('all', 'InvocationModelErrors'), sum('clients', 'Invocation4XXErrors')],
      expression: enough('100 * (all - clients) / requests'),
      threshold: percent,
    }),
  ];
  const latency = (milliseconds: number) =>
    alarm('p99-latency', {
      what: `the 99th percentile of ModelLatency above ${milliseconds} ms`,
      metrics: [invocations, { id: 'latency', metric: 'ModelLatency', statistic: 'p99' }],
      expression: enough('latency'),
      threshold: milliseconds * 1000,
    });
  return [
    ...(maximumErrorPercent === null ? [] : errors(maximumErrorPercent)),
    ...(maximumP99Milliseconds === null ? [] : [latency(maximumP99Milliseconds)]),
  ];
}

/** Name and description of a kind of alarm, for the rollout that makes it. */
export function alarmNamer(stackName: string, rolloutId: string, fleet: Fleet) {
  const { endpointName, endpointConfigName, variantName } = fleet;
  const content = `${rolloutId}/${endpointConfigName}/${variantName}`;
  const id = createHash('sha256').update(content).digest('hex').slice(0, 16);
  return (kind: string, what: string): Pick<FleetAlarm, 'name' | 'description'> => ({
    name: `${fleetAlarmPrefix(stackName)}${endpointName}-${id}-${kind}`,
    description: `Made by the rollout ${rolloutId}, to be removed at its end: ${what} of ${endpointName}.`,
  });
}

export const enough = (judged: string) => `IF(requests >= ${MINIMUM_REQUESTS}, ${judged}, 0)`;

/** The fleets that an update brings up: one for each production variant. */
export const newFleets = ({ endpointName, endpointConfig }: Pick<Plan, 'endpointName' | 'endpointConfig'>): Fleet[] =>
  endpointConfig.variants
    .filter(({ role }) => role === 'production')
    .map(({ name }) => ({ endpointName, variantName: name, endpointConfigName: endpointConfig.name }));
