// What this release cannot do, said of a request in which it is misspelt or wrong besides.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { nearest } from '../problems/nearest.ts';
import { problem } from '../problems/problems.ts';

export const refusal = (where: string, instead: string) => problem(where, `Not supported yet. ${instead}`);
export const LEAVE_OUT = 'Leave it out.';

/**
 * Of fields that are wrong, and of keys that are misspelt: who corrects the spelling must not hear only then that it is of no
 * use. `value`: the request as it was written; `wrongFields`: of its top level.
 */
export function notSupportedEither(value: object, wrongFields: ReadonlySet<string>): Problem[] {
  const { hosting, scaling } = value as Record<string, unknown>;
  const problems: Problem[] = [];
  const kind = wrongFields.has('hosting') ? membersOf(hosting).type : undefined;
  const near = typeof kind === 'string' ? nearest(kind, hostingKinds) : null;
  const instead = near === null ? null : hostingTypeOf(near as HostingKind).notSupportedYet;
  if (instead !== null) problems.push(refusal('hosting.type', instead));
  const within = (field: string, of: unknown, key: string) => {
    const found = wrongFields.has(field) ? meant(membersOf(of), key) : undefined;
    if (found !== undefined) problems.push(refusal(`${field}.${found}`, LEAVE_OUT));
  };
  within('scaling', scaling, 'schedules');
  return problems;
}

type HostingKind = Parameters<typeof hostingTypeOf>[0];
const hostingKinds: readonly HostingKind[] = ['realtime', 'serverless', 'async'];

const meant = (members: object, key: string): string | undefined =>
  Object.hasOwn(members, key) ? key : misspelt(Object.keys(members), key);

const misspelt = (found: readonly string[], key: string): string | undefined =>
  found.find((each) => each !== key && nearest(each, [key]) !== null);

const membersOf = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
