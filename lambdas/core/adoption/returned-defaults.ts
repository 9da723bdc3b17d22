// What SageMaker returns of an endpoint configuration, or of a model, that was made without it. A member is set if it differs
// from this. The hosting simulator returns the same.
import type { Members } from '../endpoint/members.ts';

export interface ReturnedDefault {
  /** Below the answer; `[]` stands for each entry of a list. */
  readonly path: string;
  /** What is there if nobody set it; null: whatever is there, nobody set it (names, ARNs, times). `parent`: what holds it. */
  readonly value: ((parent: Members) => unknown) | null;
  /** Whether an answer is known to hold it; else it is what AWS says that its absence means. */
  readonly isReturned: boolean;
  readonly source: string;
}

const API = 'https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_';
/** "Look for "EnableDetailedObservability": true" in the answer of describe-endpoint-config, "the default for new endpoints". */
const INSIGHTS = 'https://docs.aws.amazon.com/sagemaker/latest/dg/SageMaker-AI-Insights-troubleshooting.html';
/** An answer of DescribeModel that AWS recorded of a model with Image and ModelDataUrl alone, for the tests of its own SDK. */
const RECORDED = 'https://github.com/aws/sagemaker-core, test_deserializer_for_structure_type';

const entry = (path: string, value: ReturnedDefault['value'], source: string, isReturned = true): ReturnedDefault => ({
  path,
  value,
  isReturned,
  source,
});

export const ENDPOINT_CONFIG_DEFAULTS: readonly ReturnedDefault[] = [
  entry('EndpointConfigName', null, `${API}DescribeEndpointConfig.html`),
  entry('EndpointConfigArn', null, `${API}DescribeEndpointConfig.html`),
  entry('CreationTime', null, `${API}DescribeEndpointConfig.html`),
  entry('ProductionVariants[].InitialVariantWeight', () => 1, `${API}ProductionVariant.html`),
  entry('ProductionVariants[].EnableSSMAccess', () => false, `${API}ProductionVariant.html`, false),
  entry('EnableNetworkIsolation', () => false, `${API}DescribeEndpointConfig.html`),
  entry('MetricsConfig.EnableEnhancedMetrics', () => false, `${API}MetricsConfig.html`),
  // Of configurations from before the member was there it is false, and not returned.
  entry('MetricsConfig.EnableDetailedObservability', () => true, INSIGHTS),
  entry('MetricsConfig.MetricPublishFrequencyInSeconds', () => 60, `${API}MetricsConfig.html`),
];

export const MODEL_DEFAULTS: readonly ReturnedDefault[] = [
  entry('ModelName', null, `${API}DescribeModel.html`),
  entry('ModelArn', null, `${API}DescribeModel.html`),
  entry('CreationTime', null, `${API}DescribeModel.html`),
  entry('DeploymentRecommendation', null, RECORDED),
  entry('PrimaryContainer.Mode', () => 'SingleModel', RECORDED),
  entry('PrimaryContainer.Environment', () => ({}), RECORDED),
  entry('PrimaryContainer.ModelDataSource', ({ ModelDataUrl }) => repeated(ModelDataUrl), RECORDED),
  entry('EnableNetworkIsolation', () => false, RECORDED),
];

/** ModelDataUrl, as a source of data; nothing where there is none. */
const repeated = (ModelDataUrl: unknown): unknown =>
  ModelDataUrl === undefined
    ? undefined
    : { S3DataSource: { S3Uri: ModelDataUrl, S3DataType: 'S3Object', CompressionType: 'Gzip' } };
