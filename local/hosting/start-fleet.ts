/** Starts the servers of an endpoint config's variants; their weights and counts come from it, or are retained. */

import type { DataCaptureConfig, UpdateEndpointInput } from '@aws-sdk/client-sagemaker';
import { AwsError } from './aws-error.ts';
import { findModel, refuseUnsimulated } from './models.ts';
import { startupTimeoutMs } from './provisioned.ts';
import type { EndpointConfigRecord, Fleet, Variant } from './records.ts';
import type { World } from './world.ts';

/** What an update takes over from the fleet before it (API_UpdateEndpoint). */
export interface Retained {
  readonly fleet: Fleet;
  readonly count: boolean;
  readonly weight: boolean;
  readonly dataCapture: boolean;
}

export function retainedBy(input: UpdateEndpointInput, fleet: Fleet): Retained {
  const excluded = new Set(input.ExcludeRetainedVariantProperties?.map((property) => property.VariantPropertyType));
  const kept = (property: 'DesiredInstanceCount' | 'DesiredWeight' | 'DataCaptureConfig') =>
    (input.RetainAllVariantProperties ?? false) && !excluded.has(property);
  return {
    fleet,
    count: kept('DesiredInstanceCount'),
    weight: kept('DesiredWeight'),
    dataCapture: kept('DataCaptureConfig'),
  };
}

export interface VariantSize {
  readonly weight: number;
  readonly count: number | undefined;
}

/** Weight and count with which each variant of the config starts, by its name. */
export function sizes(config: EndpointConfigRecord, retained?: Retained): Map<string, VariantSize> {
  return new Map(
    productionOf(config).map((production) => {
      const before = retained?.fleet.variants.find((variant) => variant.name === production.VariantName);
      const count = (retained?.count ? before?.desiredCount : undefined) ?? production.InitialInstanceCount;
      const weight = (retained?.weight ? before?.desiredWeight : undefined) ?? production.InitialVariantWeight ?? 1;
      return [production.VariantName!, { weight, count: production.ServerlessConfig ? undefined : count }];
    }),
  );
}

const productionOf = (config: EndpointConfigRecord) => [
  ...config.input.ProductionVariants!,
  ...(config.input.ShadowProductionVariants ?? []),
];

export function startFleet(
  world: World,
  endpointName: string,
  config: EndpointConfigRecord,
  at: number,
  retained?: Retained,
): Fleet {
  const size = sizes(config, retained);
  const hosted = productionOf(config).map((production) => ({
    production,
    model: findModel(world, production.ModelName!),
  }));
  for (const { production, model } of hosted) {
    refuseUnsimulated(model);
    if (production.InstancePools)
      throw new AwsError('UnsupportedOperation', 'The hosting simulator does not run pools of instances.');
  }
  const variants = hosted.map(({ production, model }): Variant => {
    const { weight, count } = size.get(production.VariantName!)!;
    const { container } = model;
    const server = world.fleet.start(
      {
        endpointName,
        configName: config.name,
        variantName: production.VariantName!,
        modelName: model.name,
        image: container.Image ?? '',
        environment: container.Environment ?? {},
        modelDataUrl: container.ModelDataUrl,
        startupTimeoutMs: startupTimeoutMs(production),
      },
      at,
    );
    return {
      ...{ name: production.VariantName!, production, model, server, startedAt: at },
      resolvedImage: world.resolveImage(container.Image ?? ''),
      ...{ currentWeight: 0, desiredWeight: weight, currentCount: count && 0, desiredCount: count, startupMs: 0 },
      ...{ currentServerless: undefined, desiredServerless: production.ServerlessConfig, environments: [] },
    };
  });
  const dataCapture: DataCaptureConfig | undefined = retained?.dataCapture
    ? retained.fleet.dataCapture
    : config.input.DataCaptureConfig;
  return { config, dataCapture, variants };
}
