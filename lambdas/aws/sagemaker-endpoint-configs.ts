// The port `EndpointConfigs` on SageMaker.
import {
  type AsyncInferenceConfig,
  type AsyncInferenceNotificationConfig,
  AsyncNotificationTopicTypes,
  CaptureMode,
  CreateEndpointConfigCommand,
  type DataCaptureConfig,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type DescribeEndpointConfigOutput,
  type MetricPublishFrequencyInSeconds,
  type ProductionVariant,
  type ProductionVariantInstanceType,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { MetricsConfig } from '../../state-machine/contract/metrics-config.ts';
import type { Answers } from '../../state-machine/contract/plan.ts';
import type { Notifications, ResolvedDataCapture } from '../../state-machine/contract/resolved-request.ts';
import type { Variant, VariantRole } from '../../state-machine/contract/variant.ts';
import { DATA_CAPTURE_CONTENT_TYPES } from '../core/endpoint/data-capture.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { orNull, renamed } from './sagemaker-error.ts';
import { tagList, tagsOf } from './sagemaker-tags.ts';
import { concurrencyOf, serverlessConfig } from './serverless-config.ts';
import { withMembers } from './with-members.ts';

/** For who only looks: its bundle need not hold the rest. */
export const sageMakerEndpointConfigReader = (client: SageMakerClient): Pick<EndpointConfigs, 'find'> => ({
  async find(name) {
    const command = new DescribeEndpointConfigCommand({ EndpointConfigName: name });
    const config = await orNull(withMembers(command, () => client.send(command)));
    if (config === null) return null;
    const described = (role: VariantRole, variants: ProductionVariant[] = []) =>
      variants.map((variant) => ({
        name: variant.VariantName ?? '',
        role,
        modelName: variant.ModelName ?? null,
        instanceType: variant.InstanceType ?? null,
        isServerless: variant.ServerlessConfig !== undefined,
        ...(config.AsyncInferenceConfig !== undefined && { isAsync: true }),
        ...concurrencyOf(variant.ServerlessConfig),
        initialInstanceCount: variant.InitialInstanceCount ?? null,
        initialWeight: variant.InitialVariantWeight ?? 1,
      }));
    const variants = [
      ...described('production', config.ProductionVariants),
      ...described('shadow', config.ShadowProductionVariants),
    ];
    const { members } = config;
    return { name, variants, members, tags: await tagsOf(client, config.EndpointConfigArn ?? '') };
  },
});

export function sageMakerEndpointConfigs(client: SageMakerClient): EndpointConfigs {
  return {
    ...sageMakerEndpointConfigReader(client),
    async create({ name, variants, dataCapture, metrics, volumeKmsKeyArn, answers }, tags) {
      const shadows = variants.filter(({ role }) => role === 'shadow');
      const command = new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: variants.filter(({ role }) => role === 'production').map(productionVariant),
        ...(shadows.length > 0 && { ShadowProductionVariants: shadows.map(productionVariant) }),
        DataCaptureConfig: dataCapture === null ? undefined : dataCaptureConfig(dataCapture),
        MetricsConfig: metrics === null ? undefined : metricsConfig(metrics),
        KmsKeyId: volumeKmsKeyArn,
        AsyncInferenceConfig: answers === undefined ? undefined : asyncInferenceConfig(answers, variants),
        Tags: tagList(tags),
      });
      await renamed(client.send(command));
    },
    async createLike(name, { members }, numbers, tags) {
      const {
        EndpointConfigArn: _arn,
        CreationTime: _time,
        ...same
      } = members as unknown as DescribeEndpointConfigOutput;
      const command = new CreateEndpointConfigCommand({
        ...same,
        EndpointConfigName: name,
        ProductionVariants: (same.ProductionVariants ?? []).map((variant) => {
          const { weight, instanceCount } = numbers.get(variant.VariantName ?? '') ?? {};
          return {
            ...variant,
            InitialVariantWeight: weight ?? variant.InitialVariantWeight,
            InitialInstanceCount: variant.InitialInstanceCount && (instanceCount ?? variant.InitialInstanceCount),
          };
        }),
        Tags: tagList(tags),
      });
      await renamed(client.send(command));
    },
    async remove(name) {
      await orNull(client.send(new DeleteEndpointConfigCommand({ EndpointConfigName: name })));
    },
  };
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
const productionVariant = ({ name, modelName, weight, capacity }: Variant): ProductionVariant => ({
  VariantName: name,
  ModelName: modelName,
  InitialVariantWeight: weight,
  ...capacityFields(capacity),
});

function capacityFields(capacity: Variant['capacity']): Partial<ProductionVariant> {
  switch (capacity.type) {
    case 'realtime':
    case 'async':
      return {
        InstanceType: capacity.instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: capacity.instanceCount,
        ContainerStartupHealthCheckTimeoutInSeconds: capacity.startupTimeoutSeconds ?? undefined,
        ModelDataDownloadTimeoutInSeconds: capacity.downloadTimeoutSeconds ?? undefined,
      };
    case 'serverless':
      return { ServerlessConfig: serverlessConfig(capacity) };
  }
}

/** Of the endpoint, beside its variants: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html */
function asyncInferenceConfig(
  { outputS3Uri, failureS3Uri, kmsKeyArn, notifications }: Answers,
  variants: Variant[],
): AsyncInferenceConfig {
  const most = variants.flatMap(({ capacity }) =>
    capacity.type === 'async' ? (capacity.maximumConcurrentInvocationsPerInstance ?? []) : [],
  );
  return {
    OutputConfig: {
      ...{ S3OutputPath: outputS3Uri, S3FailurePath: failureS3Uri, KmsKeyId: kmsKeyArn },
      NotificationConfig: notifications && notificationConfig(notifications),
    },
    ClientConfig: most[0] === undefined ? undefined : { MaxConcurrentInvocationsPerInstance: most[0] },
  };
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html */
const notificationConfig = ({
  successTopicArn,
  errorTopicArn,
  includeInferenceResponseIn,
}: Notifications): AsyncInferenceNotificationConfig => ({
  ...{ SuccessTopic: successTopicArn, ErrorTopic: errorTopicArn },
  IncludeInferenceResponseIn: includeInferenceResponseIn?.map((topic) =>
    topic === 'success'
      ? AsyncNotificationTopicTypes.SUCCESS_NOTIFICATION_TOPIC
      : AsyncNotificationTopicTypes.ERROR_NOTIFICATION_TOPIC,
  ),
});

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html */
function dataCaptureConfig({
  samplingPercent,
  destinationS3Uri,
  kmsKeyArn,
  capture,
}: ResolvedDataCapture): DataCaptureConfig {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: samplingPercent,
    DestinationS3Uri: destinationS3Uri,
    KmsKeyId: kmsKeyArn,
    CaptureOptions: capture.map((direction) => ({
      CaptureMode: direction === 'input' ? CaptureMode.INPUT : CaptureMode.OUTPUT,
    })),
    CaptureContentTypeHeader: DATA_CAPTURE_CONTENT_TYPES,
  };
}

const metricsConfig = ({ enhanced, detailedObservability, publishFrequencySeconds }: MetricsConfig) => ({
  EnableEnhancedMetrics: enhanced,
  EnableDetailedObservability: detailedObservability,
  MetricPublishFrequencyInSeconds: publishFrequencySeconds as MetricPublishFrequencyInSeconds,
});
