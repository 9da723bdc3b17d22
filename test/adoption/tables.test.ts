// The tables of adoption: what documentation says of them, and that the simulator answers what they say.
import * as sageMaker from '@aws-sdk/client-sagemaker';
import { CARRIED_OF_ENDPOINT_CONFIG, CARRIED_OF_MODEL } from '../../lambdas/core/adoption/carried-members.ts';
import { ENDPOINT_CONFIG_DEFAULTS, MODEL_DEFAULTS } from '../../lambdas/core/adoption/returned-defaults.ts';
import { code, read, tableUnder } from '../docs/markdown.ts';
import { endpointConfigWith, ForeignAccount, modelWith } from './foreign-endpoint.ts';
import { leavesOf } from './leaves.ts';

test('the runbook lists what is taken over', () => {
  const rows = tableUnder(read('docs/runbook.md'), '## adopt-an-endpoint');
  const told = rows.map(([member = '', how]) => [member.split(' ')[0], code(member), how]);
  expect(told).toEqual([
    ...CARRIED_OF_ENDPOINT_CONFIG.map(({ path, how }) => ['CreateEndpointConfig', path, how]),
    ...CARRIED_OF_MODEL.map(({ path, how }) => ['CreateModel', path, how]),
  ]);
});

test('every path of the tables is one of AWS’s', () => {
  const known = (operation: 'CreateEndpointConfig' | 'CreateModel', paths: readonly string[]) => {
    const leaves = leavesOf(operation).map(({ path }) => path);
    return paths.filter(
      (path) =>
        !leaves.some((leaf) => leaf === path || (/^[.[{]/.test(leaf.slice(path.length)) && leaf.startsWith(path))),
    );
  };
  const paths = (entries: readonly { path: string }[]) => entries.map(({ path }) => path);
  // Of what only answers have, nobody set anything.
  expect(known('CreateEndpointConfig', paths([...CARRIED_OF_ENDPOINT_CONFIG, ...ENDPOINT_CONFIG_DEFAULTS]))).toEqual([
    ...['EndpointConfigArn', 'CreationTime'],
  ]);
  expect(known('CreateModel', paths([...CARRIED_OF_MODEL, ...MODEL_DEFAULTS]))).toEqual([
    ...['ModelArn', 'CreationTime', 'DeploymentRecommendation'],
  ]);
});

test('the simulator returns the defaults of what was made without them, and what was given as it was', async () => {
  const account = new ForeignAccount();
  await account.call('CreateModel', modelWith(null));
  await account.call('CreateEndpointConfig', {
    ...endpointConfigWith(null),
    MetricsConfig: { EnableDetailedObservability: false },
  });
  const S3DataSource = { S3Uri: 's3://theirs/model.tar.gz', S3DataType: 'S3Object', CompressionType: 'Gzip' };
  expect(await account.call('DescribeModel', { ModelName: 'theirs' })).toMatchObject({
    PrimaryContainer: { Mode: 'SingleModel', Environment: {}, ModelDataSource: { S3DataSource } },
    EnableNetworkIsolation: false,
    DeploymentRecommendation: { RecommendationStatus: 'COMPLETED', RealTimeInferenceRecommendations: [] },
  });
  const config = await account.call('DescribeEndpointConfig', { EndpointConfigName: 'theirs' });
  expect(config).toMatchObject({
    ProductionVariants: [{ InitialVariantWeight: 1 }],
    EnableNetworkIsolation: false,
    MetricsConfig: {
      ...{ EnableEnhancedMetrics: false, EnableDetailedObservability: false },
      MetricPublishFrequencyInSeconds: 60,
    },
  });
  expect(JSON.stringify(config)).not.toContain('EnableSSMAccess');
});

test('the SDK cannot ask for inference routers and endpoint policies: once it can, RetireEndpoint must name them', () => {
  const calls = ['ListInferenceRoutersCommand', 'DescribeInferenceRouterCommand', 'GetEndpointPolicyCommand'];
  expect(calls.filter((call) => call in sageMaker)).toEqual([]);
});
