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
import type { CandidateConfigSpec } from '../../state-machine/contract/plan.ts';
import type { ResolvedDataCapture } from '../../state-machine/contract/resolved-request.ts';
import type { EndpointConfigs } from '../ports/endpoint-configs.ts';
import { orNull, renamed } from './sagemaker-error.ts';
import { tagList, tagsOf } from './sagemaker-tags.ts';

export function sageMakerEndpointConfigs(client: SageMakerClient): EndpointConfigs {
  return {
    async find(name) {
      const config = await orNull(client.send(new DescribeEndpointConfigCommand({ EndpointConfigName: name })));
      if (config === null) return null;
      const variants = (config.ProductionVariants ?? []).map((variant) => ({
        name: variant.VariantName ?? '',
        modelName: variant.ModelName ?? null,
        instanceType: variant.InstanceType ?? null,
        initialInstanceCount: variant.InitialInstanceCount ?? null,
      }));
      return { name, variants, tags: await tagsOf(client, config.EndpointConfigArn ?? '') };
    },
    async create({ name, modelName, variantName, hosting, dataCapture }, tags) {
      const command = new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: [
          {
            VariantName: variantName,
            ModelName: modelName,
            InitialVariantWeight: 1,
            ...hostingFields(hosting),
          },
        ],
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
function hostingFields(hosting: CandidateConfigSpec['hosting']): Partial<ProductionVariant> {
  if (hosting.type === 'serverless')
    return {
      ServerlessConfig: { MemorySizeInMB: hosting.memoryMegabytes, MaxConcurrency: hosting.maximumConcurrency },
    };
  return {
    InstanceType: hosting.instanceType as ProductionVariantInstanceType,
    InitialInstanceCount: hosting.instanceCount,
    ContainerStartupHealthCheckTimeoutInSeconds: hosting.startupTimeoutSeconds ?? undefined,
    ModelDataDownloadTimeoutInSeconds: hosting.downloadTimeoutSeconds ?? undefined,
  };
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
