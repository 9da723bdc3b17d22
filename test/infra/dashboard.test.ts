// The dashboard's part on the variants of one endpoint, which is chosen at its head.
import { synthesized, withValues } from './synthesized.ts';

interface Widget {
  type: string;
  properties: {
    title?: string;
    markdown?: string;
    metrics?: [{ expression: string; id?: string; visible?: boolean }][];
  };
}
interface Body {
  variables: Record<string, unknown>[];
  widgets: Widget[];
}

function dashboardOf(settings: Record<string, unknown> = {}): Body {
  const { resources } = synthesized({ settings });
  const { Properties } = Object.values(resources).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')!;
  return JSON.parse(withValues(resources, Properties.DashboardBody) as string);
}

const CHOSEN = 'chosen-endpoint-name';
const { variables, widgets } = dashboardOf();
const expressions = (title: string) =>
  widgets.find(({ properties }) => properties.title === title)!.properties.metrics!.map(([metric]) => metric);
const found = (metric: string, statistic: string) =>
  `SEARCH('{"AWS/SageMaker",EndpointName,VariantName} MetricName="${metric}" EndpointName="${CHOSEN}"', '${statistic}')`;

test('the endpoint is chosen from those that were asked, the first at first', () => {
  expect(variables).toEqual([
    {
      ...{ type: 'pattern', pattern: CHOSEN, inputType: 'select', id: 'endpoint', label: 'Endpoint' },
      ...{ defaultValue: '__FIRST', populateFrom: 'EndpointName' },
      search: '{"AWS/SageMaker",EndpointName,VariantName} MetricName="Invocations"',
    },
  ]);
  const [{ search } = {}] = dashboardOf({ endpointNamePrefix: 'team-a-' }).variables;
  expect(search).toMatch(/ EndpointName=team EndpointName=a$/);
});

test.each<[string, string[]]>([
  ['Invocations by variant', [found('Invocations', 'Sum')]],
  ['Errors by variant', [found('Invocation4XXErrors', 'Sum'), found('Invocation5XXErrors', 'Sum')]],
  [
    'Latency by variant, p50, p90 and p99 (µs)',
    [50, 90, 99].map((percentile) => found('ModelLatency', `p${percentile}`)),
  ],
])('%s: every variant of that endpoint alone', (title, expected) => {
  expect(expressions(title).map(({ expression }) => expression)).toEqual(expected);
});

test('each variant’s share is its invocations over those of all variants of that endpoint', () => {
  const [share, invocations] = expressions('Share of the traffic by variant (%)');
  expect(share).toMatchObject({ expression: '100 * invocations / SUM(invocations)' });
  expect(invocations).toMatchObject({ id: 'invocations', expression: found('Invocations', 'Sum'), visible: false });
});

const searched = (title: string) =>
  expressions(title).map(({ expression }) =>
    /^SEARCH\('(.*) MetricName="(\w+)"', '(\w+)'\)$/.exec(expression)!.slice(1),
  );
const [OF_ENDPOINT, OF_VARIANT] = ['{"AWS/SageMaker",EndpointName}', '{"AWS/SageMaker",EndpointName,VariantName}'];

test('queues: what waits is of the endpoint, and what comes of requests of its variant', () => {
  expect(searched('Backlog of queues')).toEqual([
    [OF_ENDPOINT, 'ApproximateBacklogSize', 'Maximum'],
    [OF_ENDPOINT, 'HasBacklogWithoutCapacity', 'Maximum'],
  ]);
  expect(searched('Oldest request in the queue (s)')).toEqual([
    [OF_ENDPOINT, 'ApproximateAgeOfOldestRequest', 'Maximum'],
  ]);
  const counted = ['InvocationsProcesssed', 'InvocationFailures', 'ExpiredRequests', 'RequestDownloadFailures'];
  expect(searched('Requests from queues')).toEqual(
    [...counted, 'ResponseUploadFailures', 'NotificationFailures'].map((metric) => [OF_VARIANT, metric, 'Sum']),
  );
});

test('serverless endpoints: their concurrency, and what starts cold', () => {
  expect(searched('Concurrency in use, of the maximum and of what is provisioned').map(([, metric]) => metric)).toEqual(
    ['ServerlessConcurrentExecutionsUtilization', 'ServerlessProvisionedConcurrencyUtilization'],
  );
  expect(searched('Cold starts: setup, and overhead with it, p99 (µs)').map(([, metric]) => metric)).toEqual([
    'ModelSetupTime',
    'OverheadLatency',
  ]);
});

test('its heading names the endpoint that is chosen, and nothing else of the dashboard depends on the choice', () => {
  const depending = widgets.filter((widget) => JSON.stringify(widget).includes(CHOSEN));
  expect(depending.map(({ properties: { title, markdown } }) => title ?? markdown)).toEqual([
    `## Variants of ${CHOSEN}`,
    'Share of the traffic by variant (%)',
    'Invocations by variant',
    'Errors by variant',
    'Latency by variant, p50, p90 and p99 (µs)',
  ]);
});
