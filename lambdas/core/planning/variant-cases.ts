// Which golden cases a variant has, and whether there are several variants to ask by name.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { DocumentRef } from '../../../state-machine/contract/resolved-request.ts';

/** In the short form there is one list, of its one variant. */
export const casesOf = (
  { goldenCases, casesOfVariants }: Pick<Plan, 'goldenCases' | 'casesOfVariants'>,
  variantName: string,
): DocumentRef | null => (casesOfVariants === undefined ? goldenCases : (casesOfVariants[variantName] ?? null));

/** The production variants of the plan; null where there is but one, which answers whatever is asked. */
export function severalVariants({ endpointConfig }: Pick<Plan, 'endpointConfig'>): string[] | null {
  const names = endpointConfig.variants.filter(({ role }) => role === 'production').map(({ name }) => name);
  return names.length > 1 ? names : null;
}
