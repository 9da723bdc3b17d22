// ServerlessConfig, as SageMaker describes it and as it is asked for.
import type { ProductionVariantServerlessConfig } from '@aws-sdk/client-sagemaker';
import type { Concurrency } from '../../state-machine/contract/plan.ts';
import type { ResolvedHosting } from '../../state-machine/contract/resolved-request.ts';

/** Nothing of a variant that is not serverless. */
export const concurrencyOf = (config: ProductionVariantServerlessConfig | undefined): { concurrency?: Concurrency } =>
  config === undefined
    ? {}
    : { concurrency: { maximum: config.MaxConcurrency ?? 0, provisioned: config.ProvisionedConcurrency ?? null } };

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html */
export const serverlessConfig = ({
  memoryMegabytes,
  maximumConcurrency,
  provisionedConcurrency,
}: Extract<ResolvedHosting, { type: 'serverless' }>): ProductionVariantServerlessConfig => ({
  MemorySizeInMB: memoryMegabytes,
  MaxConcurrency: maximumConcurrency,
  ...(provisionedConcurrency !== undefined && { ProvisionedConcurrency: provisionedConcurrency }),
});
