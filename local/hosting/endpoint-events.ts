/**
 * What SageMaker tells EventBridge of endpoints: a change of their status, and of the deployment under way. That an endpoint is
 * gone is told by nothing that the page names, and by nothing here.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
 */

import type { VariantStatus } from '@aws-sdk/client-sagemaker';
import type { EndpointEvent } from './endpoint-event.ts';
import type { Arriving, Endpoint, Variant } from './records.ts';
import type { World } from './world.ts';

/** Moves the endpoint's new fleet to another stage of its deployment, and tells of it. */
export function stage(world: World, endpoint: Endpoint, status: VariantStatus, at: number): void {
  const arriving = endpoint.arriving!;
  arriving.stage = status;
  arriving.stageSince = at;
  world.onEvent?.(told(world, endpoint, at, 'SageMaker Endpoint Deployment State Change', pendingOf(arriving)));
}

/** Tells of the status that the endpoint has. */
export function tellStatus(world: World, endpoint: Endpoint, at: number): void {
  world.onEvent?.(told(world, endpoint, at, 'SageMaker Endpoint State Change'));
}

function told(
  world: World,
  endpoint: Endpoint,
  at: number,
  detailType: EndpointEvent['detail-type'],
  PendingDeploymentSummary?: object,
): EndpointEvent {
  const { name, arn, configName, status, createdAt, modifiedAt, fleet } = endpoint;
  return {
    ...{ at, source: 'aws.sagemaker', 'detail-type': detailType, resources: [arn] },
    detail: {
      ...{ EndpointName: name, EndpointArn: arn, EndpointConfigName: configName },
      EndpointStatus: status.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase(),
      ProductionVariants: (fleet?.variants ?? []).map(summaryOf),
      ...{ CreationTime: createdAt, LastModifiedTime: modifiedAt },
      Tags: Object.fromEntries(world.tags.get(arn) ?? []),
      ...(PendingDeploymentSummary && { PendingDeploymentSummary }),
    },
  };
}

const pendingOf = ({ fleet, startedAt, stage: Status, stageSince }: Arriving) => ({
  ...{ EndpointConfigName: fleet.config.name, StartTime: startedAt },
  ProductionVariants: fleet.variants.map((variant) => ({
    ...summaryOf(variant),
    VariantStatus: [{ Status, StartTime: stageSince }],
  })),
});

const summaryOf = (variant: Variant) => ({
  VariantName: variant.name,
  CurrentWeight: variant.currentWeight,
  DesiredWeight: variant.desiredWeight,
  CurrentInstanceCount: variant.currentCount,
  DesiredInstanceCount: variant.desiredCount,
});
