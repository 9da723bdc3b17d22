// Trust is given to one artifact: as long as that stays, so does its trust, whoever asks for other settings.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import type { FoundModel } from './found-model.ts';

/** The artifacts that a request trusts, by their sha256. `earlier`: null where it is not kept any more. */
export const trustedBy = (earlier: ResolvedRequest | null): ReadonlySet<string> =>
  new Set([earlier, ...(earlier?.variants ?? [])].flatMap((of) => of?.trust ?? []));

export interface KeptTrust {
  trust?: string;
  problems: Problem[];
}

/**
 * Of one model.
 *
 * @param said what the request trusts
 * @param found where the model is
 * @param trusted what the newest release trusts
 * @param allowTrust of the platform's settings
 */
export function keptTrust(
  said: string | undefined,
  { servedArtifactSha256: served }: Pick<FoundModel, 'servedArtifactSha256'>,
  trusted: ReadonlySet<string>,
  allowTrust: boolean,
): KeptTrust {
  if (said !== undefined) return { trust: said, problems: [] };
  if (served === null || !trusted.has(served)) return { problems: [] };
  if (allowTrust) return { trust: served, problems: [] };
  const message = `The artifact ${served}, which stays, runs code of its own, which this platform does not allow any more. Name another model.`;
  return { problems: [problem('model', message)] };
}
