// Whether a request was merged with the settings of a release that is the newest one no more.
import type { PlanOutput } from '../../../state-machine/contract/outputs.ts';
import type { Release } from '../../../state-machine/contract/release.ts';
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';

/**
 * Null where it was not. The lease says so where it can, by the clocks of two functions; this is by the ledger alone. Under the
 * lease nobody makes a release, so the request that is resolved again is not outdated again.
 */
export function outdatedSettings(
  { merged }: Pick<ResolvedRequest, 'merged'>,
  newest: Release | null,
): PlanOutput | null {
  const now = newest?.rolloutId ?? null;
  if (merged === undefined || merged.keptFrom === now) return null;
  const Cause = `The request keeps the settings of ${merged.keptFrom ?? 'no release'}, and ${now ?? 'none'} is the newest by now.`;
  return { verdict: 'outdated', failure: { Error: 'RequestRejected', Cause }, problems: [] };
}
