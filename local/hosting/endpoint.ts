/** A new endpoint, and what DescribeEndpoint says of one. */

import type {
  DataCaptureConfig,
  DescribeEndpointOutput,
  PendingProductionVariantSummary,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Arriving, Endpoint, Variant } from './records.ts';

export function newEndpoint(
  name: string,
  arn: string,
  configName: string,
  at: number,
  random: Endpoint['random'],
): Endpoint {
  return {
    ...{ name, arn, configName, createdAt: at, modifiedAt: at, status: 'Creating', failureReason: undefined },
    ...{ fleet: undefined, arriving: undefined, deploymentConfig: undefined, lastDeploymentConfig: undefined },
    ...{ transition: undefined, waitingFor: undefined, views: [], random },
    fleets() {
      return [this.fleet, this.arriving?.fleet].filter((fleet) => fleet !== undefined);
    },
  };
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html */
export function viewOf(endpoint: Endpoint): DescribeEndpointOutput {
  const { fleet, arriving } = endpoint;
  const shadows = new Set(fleet?.config.input.ShadowProductionVariants?.map((variant) => variant.VariantName));
  const summaries = (shadow: boolean) =>
    fleet?.variants.filter((variant) => shadows.has(variant.name) === shadow).map(summaryOf);
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: endpoint.configName,
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason?.slice(0, 1024),
    CreationTime: new Date(endpoint.createdAt),
    LastModifiedTime: new Date(endpoint.modifiedAt),
    ProductionVariants: summaries(false),
    ShadowProductionVariants: shadows.size > 0 ? summaries(true) : undefined,
    DataCaptureConfig: fleet && captureSummary(fleet.dataCapture),
    AsyncInferenceConfig: fleet?.config.input.AsyncInferenceConfig,
    LastDeploymentConfig: endpoint.lastDeploymentConfig,
    // Only "if the endpoint is being created or updated with a new endpoint configuration".
    PendingDeploymentSummary:
      arriving && (endpoint.status === 'Creating' || endpoint.status === 'Updating') ? pendingOf(arriving) : undefined,
  };
}

function pendingOf(arriving: Arriving) {
  return {
    EndpointConfigName: arriving.fleet.config.name,
    StartTime: new Date(arriving.startedAt),
    ProductionVariants: arriving.fleet.variants.map(
      (variant): PendingProductionVariantSummary => ({
        ...summaryOf(variant),
        InstanceType: variant.production.InstanceType,
        VariantStatus: [{ Status: arriving.stage, StartTime: new Date(arriving.stageSince) }],
      }),
    ),
  };
}

function summaryOf(variant: Variant): ProductionVariantSummary {
  return {
    VariantName: variant.name,
    DeployedImages: [
      {
        SpecifiedImage: variant.model.container.Image,
        ResolvedImage: variant.resolvedImage,
        ResolutionTime: new Date(variant.startedAt),
      },
    ],
    CurrentWeight: variant.currentWeight,
    DesiredWeight: variant.desiredWeight,
    CurrentInstanceCount: variant.currentCount,
    DesiredInstanceCount: variant.desiredCount,
    CurrentServerlessConfig: variant.currentServerless,
    DesiredServerlessConfig: variant.desiredServerless,
  };
}

function captureSummary(capture: DataCaptureConfig | undefined) {
  if (!capture) return undefined;
  return {
    EnableCapture: capture.EnableCapture ?? false,
    CaptureStatus: capture.EnableCapture ? ('Started' as const) : ('Stopped' as const),
    CurrentSamplingPercentage: capture.InitialSamplingPercentage,
    DestinationS3Uri: capture.DestinationS3Uri,
    KmsKeyId: capture.KmsKeyId ?? '',
  };
}
