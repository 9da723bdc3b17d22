// The dashboard: all rollouts, and all endpoints that the stack may make, found by search as they come and go.
import type { Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Stats, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
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
      metrics.map(([metric, statistic]) => searchEndpoints(namespace, metric, statistic, endpointNamePrefix)),
    );
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: scope.stackName,
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
    ],
  });
}

/**
 * A search matches whole words of a name, so the prefix is searched as its words:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
function searchEndpoints(namespace: string, metric: string, statistic: string, prefix: string): IMetric {
  const words = prefix.split('-').filter((word) => word !== '');
  const terms = [`MetricName="${metric}"`, ...words.map((word) => `EndpointName=${word}`)];
  return search(`{"${namespace}",EndpointName,VariantName} ${terms.join(' ')}`, statistic);
}

function search(terms: string, statistic: string): IMetric {
  return new MathExpression({ expression: `SEARCH('${terms}', '${statistic}')`, label: '', usingMetrics: {} });
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}
