// Reads what SageMaker says of an endpoint at this moment, which weights and numbers of instances may have been moved to.
import { DescribeEndpointCommand, type SageMakerClient } from '@aws-sdk/client-sagemaker';

export interface LiveVariant {
  name: string;
  weight: number;
  /** Null of a variant without instances of its own, which is serverless. */
  instanceCount: number | null;
  shadow: boolean;
}

export interface LiveEndpoint {
  /** For example `InService` or `Updating`. */
  status: string;
  endpointConfigName: string;
  variants: LiveVariant[];
}

/**
 * Null where there is no such endpoint. While an endpoint is Creating it has no variants yet.
 *
 * @throws AccessDeniedException for whoever may not see endpoints: the managed policies for people allow it to operators
 */
export async function readEndpoint(client: SageMakerClient, endpointName: string): Promise<LiveEndpoint | null> {
  try {
    const found = await client.send(new DescribeEndpointCommand({ EndpointName: endpointName }));
    const { ProductionVariants = [], ShadowProductionVariants = [] } = found;
    const variants = (list: typeof ProductionVariants, shadow: boolean) =>
      list.map(({ VariantName = '', CurrentWeight = 0, CurrentInstanceCount, CurrentServerlessConfig }) => ({
        ...{ name: VariantName, weight: CurrentWeight, shadow },
        instanceCount: CurrentServerlessConfig === undefined ? (CurrentInstanceCount ?? null) : null,
      }));
    return {
      status: found.EndpointStatus ?? '',
      endpointConfigName: found.EndpointConfigName ?? '',
      variants: [...variants(ProductionVariants, false), ...variants(ShadowProductionVariants, true)],
    };
  } catch (error) {
    // SageMaker has no type for it: https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html
    const { name, message } = error as Error;
    if (name === 'ValidationException' && /could not find|does not exist|not found/i.test(message)) return null;
    throw error;
  }
}
