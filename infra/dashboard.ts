// The dashboard: all rollouts, and all endpoints that the stack may make, found by search as they come and go.
import type { Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  DashboardVariable,
  DefaultValue,
  GraphWidget,
  type IMetric,
  MathExpression,
  Stats,
  TextWidget,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { METRICS_NAMESPACE, OUTCOMES_METRIC, TASKS_METRIC } from '../lambdas/runtime/metric-names.ts';

export interface DashboardProps {
  machine: IStateMachine;
  functions: Record<string, LambdaFunction>;
  endpointNamePrefix: string;
}

export function dashboard(scope: Stack, { machine, functions, endpointNamePrefix }: DashboardProps): Dashboard {
  const onEndpoints = (title: string, metrics: [metric: string, statistic: string][], namespace = 'AWS/SageMaker') =>
    graph(
      title,
      metrics.map(([metric, statistic]) => search(endpointTerms(namespace, metric, endpointNamePrefix), statistic)),
    );
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: scope.stackName,
    variables: [chosenEndpoint(endpointNamePrefix)],
    widgets: [
      [new TextWidget({ markdown: `# Model rollouts of ${scope.stackName}`, width: 24, height: 1 })],
      [
        graph('Executions', [
          machine.metricStarted(),
          machine.metricSucceeded(),
          machine.metricFailed(),
          machine.metricAborted(),
          machine.metricTimedOut(),
        ]),
        graph('Duration of executions (ms)', [
          machine.metricTime({ statistic: Stats.p(50) }),
          machine.metricTime({ statistic: Stats.p(99) }),
        ]),
        graph('Outcomes', [
          search(
            `{${METRICS_NAMESPACE},outcome,service,stack} MetricName="${OUTCOMES_METRIC}" stack="${scope.stackName}"`,
            Stats.SUM,
          ),
        ]),
      ],
      [
        graph('Ends of tasks', [
          search(`{${METRICS_NAMESPACE},service,step,result} MetricName="${TASKS_METRIC}"`, Stats.SUM),
        ]),
        graph(
          'Errors of functions',
          Object.values(functions).map((task) => task.metricErrors({ label: task.node.id })),
        ),
        graph(
          'Longest run of functions (ms)',
          Object.values(functions).map((task) =>
            task.metricDuration({ statistic: Stats.MAXIMUM, label: task.node.id }),
          ),
        ),
      ],
      [
        onEndpoints('Invocations', [['Invocations', Stats.SUM]]),
        onEndpoints('Errors', [
          ['Invocation4XXErrors', Stats.SUM],
          ['Invocation5XXErrors', Stats.SUM],
        ]),
        // In microseconds: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
        onEndpoints('Latency of models, p50 and p99 (µs)', [
          ['ModelLatency', Stats.p(50)],
          ['ModelLatency', Stats.p(99)],
        ]),
      ],
      [
        onEndpoints('Invocations for each instance', [['InvocationsPerInstance', Stats.SUM]]),
        onEndpoints('Processors (%)', [['CPUUtilization', Stats.MAXIMUM]], '/aws/sagemaker/Endpoints'),
        onEndpoints('Memory (%)', [['MemoryUtilization', Stats.MAXIMUM]], '/aws/sagemaker/Endpoints'),
      ],
      [new TextWidget({ markdown: '## Asynchronous endpoints', width: 24, height: 1 })],
      [
        // Of the endpoint; an age in seconds: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html
        graph('Backlog of queues', [
          search(queueTerms('ApproximateBacklogSize', endpointNamePrefix), Stats.MAXIMUM),
          search(queueTerms('HasBacklogWithoutCapacity', endpointNamePrefix), Stats.MAXIMUM),
        ]),
        graph('Oldest request in the queue (s)', [
          search(queueTerms('ApproximateAgeOfOldestRequest', endpointNamePrefix), Stats.MAXIMUM),
        ]),
        // SageMaker spells the first one so.
        onEndpoints('Requests from queues', [
          ['InvocationsProcesssed', Stats.SUM],
          ['InvocationFailures', Stats.SUM],
          ['ExpiredRequests', Stats.SUM],
          ['RequestDownloadFailures', Stats.SUM],
          ['ResponseUploadFailures', Stats.SUM],
          ['NotificationFailures', Stats.SUM],
        ]),
      ],
      [new TextWidget({ markdown: '## Serverless endpoints', width: 24, height: 1 })],
      [
        // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html
        onEndpoints('Concurrency in use, of the maximum and of what is provisioned', [
          ['ServerlessConcurrentExecutionsUtilization', Stats.MAXIMUM],
          ['ServerlessProvisionedConcurrencyUtilization', Stats.MAXIMUM],
        ]),
        onEndpoints('Cold starts: setup, and overhead with it, p99 (µs)', [
          ['ModelSetupTime', Stats.p(99)],
          ['OverheadLatency', Stats.p(99)],
        ]),
      ],
      [new TextWidget({ markdown: `## Variants of ${CHOSEN}`, width: 24, height: 1 })],
      ofChosenEndpoint(),
    ],
  });
}

/** In the place of the name that is chosen at the head of the dashboard: CloudWatch replaces it in all widgets. */
const CHOSEN = 'chosen-endpoint-name';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_dashboard_variables.html */
function chosenEndpoint(prefix: string): DashboardVariable {
  return new DashboardVariable({
    id: 'endpoint',
    label: 'Endpoint',
    type: VariableType.PATTERN,
    inputType: VariableInputType.SELECT,
    value: CHOSEN,
    values: Values.fromSearch(endpointTerms('AWS/SageMaker', 'Invocations', prefix), 'EndpointName'),
    defaultValue: DefaultValue.FIRST,
  });
}

/**
 * A share is of one endpoint's traffic, so one is chosen: the sum of a search over all endpoints is no endpoint's. A list of
 * series is divided by one series; by another list it cannot be, so errors are shown as counts:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
function ofChosenEndpoint(): GraphWidget[] {
  const of = (metric: string, statistic: string) =>
    search(
      `{"AWS/SageMaker",EndpointName,VariantName} MetricName="${metric}" EndpointName="${CHOSEN}"`,
      statistic,
      // One line for each variant: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
      `\${PROP('Dim.VariantName')} ${metric} ${statistic}`,
    );
  const share = new MathExpression({
    expression: '100 * invocations / SUM(invocations)',
    label: '',
    usingMetrics: { invocations: of('Invocations', Stats.SUM) },
  });
  return [
    graph('Share of the traffic by variant (%)', [share], 6),
    graph('Invocations by variant', [of('Invocations', Stats.SUM)], 6),
    graph('Errors by variant', [of('Invocation4XXErrors', Stats.SUM), of('Invocation5XXErrors', Stats.SUM)], 6),
    graph(
      'Latency by variant, p50, p90 and p99 (µs)',
      [50, 90, 99].map((percentile) => of('ModelLatency', Stats.p(percentile))),
      6,
    ),
  ];
}

/**
 * A search matches whole words of a name, so the prefix is searched as its words:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
const endpointTerms = (namespace: string, metric: string, prefix: string): string =>
  `{"${namespace}",EndpointName,VariantName} ${termsOf(metric, prefix)}`;

/** Of the whole endpoint, which is what has a queue. */
const queueTerms = (metric: string, prefix: string): string =>
  `{"AWS/SageMaker",EndpointName} ${termsOf(metric, prefix)}`;

function termsOf(metric: string, prefix: string): string {
  const words = prefix.split('-').filter((word) => word !== '');
  return [`MetricName="${metric}"`, ...words.map((word) => `EndpointName=${word}`)].join(' ');
}

function search(terms: string, statistic: string, label = ''): MathExpression {
  return new MathExpression({ expression: `SEARCH('${terms}', '${statistic}')`, label, usingMetrics: {} });
}

function graph(title: string, left: IMetric[], width = 8): GraphWidget {
  return new GraphWidget({ title, left, width, height: 6 });
}
