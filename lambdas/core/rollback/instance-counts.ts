// How many instances an endpoint gets that goes back to its previous configuration: as many as there were, where that
// configuration says so. Where scaling had changed the number, those that serve now stay: its own could be too few.
import type { EndpointRecord } from '../../../state-machine/contract/plan.ts';
import type { EndpointConfigDescription } from '../endpoint/endpoint-config-description.ts';
import type { EndpointDescription } from '../endpoint/endpoint-description.ts';

const production = (before: EndpointRecord | null) =>
  (before?.variants ?? []).filter(({ role }) => role === 'production');

/** Also where nothing was there before. */
export const hasCountsOfBefore = (before: EndpointRecord | null, endpoint: EndpointDescription | null): boolean =>
  production(before).every(
    ({ name, desiredInstanceCount }) =>
      endpoint?.variants.find((variant) => variant.name === name)?.desiredInstanceCount === desiredInstanceCount,
  );

export const givesCountsOfBefore = (
  before: EndpointRecord | null,
  previous: EndpointConfigDescription | null,
): boolean =>
  production(before).every(
    ({ name, desiredInstanceCount }) =>
      previous?.variants.find((variant) => variant.name === name)?.initialInstanceCount === desiredInstanceCount,
  );
