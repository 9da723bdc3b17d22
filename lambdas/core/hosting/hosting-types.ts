// Every way of hosting: a kind that is added to the contract has to be added here, or nothing compiles.
import type { ResolvedRequest } from '../../../state-machine/contract/resolved-request.ts';
import { async } from './async.ts';
import type { HostingKind, HostingType } from './hosting-type.ts';
import { realtime } from './realtime.ts';
import { serverless } from './serverless.ts';

export const hostingTypes: { readonly [Kind in HostingKind]: HostingType<Kind> } = { realtime, serverless, async };

/** What a request without `hosting` asks for. */
export const DEFAULT_HOSTING: HostingKind = 'realtime';

/** For hosting of this kind. The compiler does not know that kind and hosting belong together, so it is told. */
export const hostingTypeOf = (kind: HostingKind): HostingType<HostingKind> =>
  hostingTypes[kind] as unknown as HostingType<HostingKind>;

interface Hosted {
  variants?: readonly Pick<ResolvedRequest, 'hosting'>[] | undefined;
  hosting: ResolvedRequest['hosting'];
}

/** Of everything that a request is about: several variants are of one kind. */
export const hostingKindOf = ({ variants, hosting }: Hosted): HostingKind =>
  variants?.[0]?.hosting.type ?? hosting.type;
