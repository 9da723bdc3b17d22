// What this release cannot do, said of a request in which it is misspelt or wrong besides.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { nearest } from '../problems/nearest.ts';
import { problem } from '../problems/problems.ts';

export const refusal = (where: string, instead: string) => problem(where, `Not supported yet. ${instead}`);

/**
 * Of fields that are wrong, and of keys that are misspelt: who corrects the spelling must not hear only then that it is of no
 * use. `value`: the request as it was written; `wrongFields`: of its top level.
 */
export function notSupportedEither(value: object, wrongFields: ReadonlySet<string>): Problem[] {
  const { hosting } = value as Record<string, unknown>;
  const problems: Problem[] = [];
  const kind = wrongFields.has('hosting') ? membersOf(hosting).type : undefined;
  const near = typeof kind === 'string' ? nearest(kind, hostingKinds) : null;
  const instead = near === null ? null : hostingTypeOf(near as HostingKind).notSupportedYet;
  if (instead !== null) problems.push(refusal('hosting.type', instead));
  return problems;
}

type HostingKind = Parameters<typeof hostingTypeOf>[0];
const hostingKinds: readonly HostingKind[] = ['realtime', 'serverless', 'async'];

const membersOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
