// Why an endpoint that answers at once cannot be made one that works off a queue, nor the other way round.
import type { LiveEndpoint } from './hosting-type.ts';

/**
 * Null: it is of the type that is wanted. Whether SageMaker takes such an update, and what becomes of requests that wait, is not
 * documented: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
 */
export function whyNotOtherQueue(
  { endpointName, config }: Pick<LiveEndpoint, 'endpointName' | 'config'>,
  wanted: 'realtime' | 'async',
): string | null {
  const isAsync = config.variants.some((variant) => variant.isAsync === true);
  if (isAsync === (wanted === 'async')) return null;
  const is = isAsync ? 'asynchronous' : 'not asynchronous';
  return `The endpoint ${endpointName} is ${is}, and hosting.type is "${wanted}". What SageMaker does with requests that wait is not documented: roll out to an endpoint of another name, or retire this one first.`;
}
