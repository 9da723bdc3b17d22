// The port `EndpointConfigs` on SageMaker.
import {
  CaptureMode,
  CreateEndpointConfigCommand,
  type DataCaptureConfig,
  DeleteEndpointConfigCommand,
  DescribeEndpointConfigCommand,
  type ProductionVariant,
  type ProductionVariantInstanceType,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ResolvedDataCapture } from '../../state-machine/contract/resolved-request.ts';
import type { Variant, VariantRole } from '../../state-machine/contract/variant.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { orNull, renamed } from './sagemaker-error.ts';
import { tagList, tagsOf } from './sagemaker-tags.ts';

export function sageMakerEndpointConfigs(client: SageMakerClient): EndpointConfigs {
  return {
    async find(name) {
      const config = await orNull(client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })));
      if (config === null) return null;
      const described = (role: VariantRole, variants: ProductionVariant[] = []) =>
        variants.map((variant) => ({
          name: variant.VariantName ?? '',
          role,
          modelName: variant.ModelName ?? null,
          instanceType: variant.InstanceType ?? null,
          initialInstanceCount: variant.InitialInstanceCount ?? null,
        }));
      const variants = [
        ...described('production', config.ProductionVariants),
        ...described('shadow', config.ShadowProductionVariants),
      ];
      return { name, variants, tags: await tagsOf(client, config.EndpointConfigArn ?? '') };
    },
    async create({ name, variants, dataCapture }, tags) {
      const shadows = variants.filter(({ role }) => role === 'shadow');
      const command = new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: variants.filter(({ role }) => role === 'production').map(productionVariant),
        ...(shadows.length > 0 && { ShadowProductionVariants: shadows.map(productionVariant) }),
        DataCaptureConfig: dataCapture === null ? undefined : dataCaptureConfig(dataCapture),
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
    // What is async of an endpoint stands beside its variants: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceConfig.html
    case 'async':
      return {
        InstanceType: capacity.instanceType as ProductionVariantInstanceType,
        InitialInstanceCount: capacity.instanceCount,
        ContainerStartupHealthCheckTimeoutInSeconds: capacity.startupTimeoutSeconds ?? undefined,
        ModelDataDownloadTimeoutInSeconds: capacity.downloadTimeoutSeconds ?? undefined,
      };
    case 'serverless':
      return {
        ServerlessConfig: { MemorySizeInMB: capacity.memoryMegabytes, MaxConcurrency: capacity.maximumConcurrency },
      };
  }
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html */
function dataCaptureConfig({ samplingPercent, destinationS3Uri, capture }: ResolvedDataCapture): DataCaptureConfig {
  return {
    EnableCapture: true,
    InitialSamplingPercentage: samplingPercent,
    DestinationS3Uri: destinationS3Uri,
    CaptureOptions: capture.map((direction) => ({
      CaptureMode: direction === 'input' ? CaptureMode.INPUT : CaptureMode.OUTPUT,
    })),
    CaptureContentTypeHeader: { JsonContentTypes: ['application/json'], CsvContentTypes: ['text/csv'] },
  };
}
