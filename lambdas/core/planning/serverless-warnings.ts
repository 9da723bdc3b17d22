// Where a serverless endpoint is otherwise than asked, or than every other endpoint is, for people.
import type { Plan } from '../../../state-machine/contract/plan.ts';

/** [] where nothing is. */
export function serverlessWarnings({ operation, request, endpointConfig }: Plan): string[] {
  const isAsked = request.merged?.asked.network?.isolation !== undefined;
  return endpointConfig.variants.flatMap(({ name, capacity }) => {
    if (capacity.type !== 'serverless') return [];
    const asked = request.variants?.find((variant) => variant.name === name)?.hosting ?? request.hosting;
    if (asked.type !== 'serverless') return [];
    const isolation =
      operation === 'create' && !isAsked
        ? [
            'The containers can make calls to the internet: SageMaker has no network isolation for serverless endpoints, so network.isolation is false.',
          ]
        : [];
    return [
      ...isolation,
      ...kept(name, 'hosting.maximumConcurrency', asked.maximumConcurrency, capacity.maximumConcurrency),
      ...kept(name, 'hosting.provisionedConcurrency', asked.provisionedConcurrency, capacity.provisionedConcurrency),
    ];
  });
}

function kept(variantName: string, setting: string, asked: number | undefined, found: number | undefined): string[] {
  if (asked === undefined || found === undefined || found <= asked) return [];
  return [
    `${setting}: the variant ${variantName} has ${found}, more than the ${asked} that the request says, and an update takes none away. A request with a lower value than that of the newest release does, or scaling.`,
  ];
}
