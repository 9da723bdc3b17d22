// Whether a request is for a serverless endpoint.
import type { ResolvedHosting } from '../../../state-machine/contract/resolved-request.ts';

/** By its own hosting, or that of the variants that it names. */
export const isServerless = ({
  hosting,
  variants,
}: {
  hosting: ResolvedHosting;
  variants?: readonly { hosting: ResolvedHosting }[] | undefined;
}): boolean => (variants?.map((variant) => variant.hosting) ?? [hosting]).some(({ type }) => type === 'serverless');
