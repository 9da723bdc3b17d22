// What the contract already describes but this release cannot do. It is refused by name, never ignored.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';
import { refusal } from './not-supported-either.ts';

/** Of the only variant, or of each. */
export function notSupportedOf({ hosting, trust }: CheckedRequest, allowTrust: boolean): Problem[] {
  const problems: Problem[] = [];
  const instead = hosting === undefined ? null : hostingTypeOf(hosting.type).notSupportedYet;
  if (instead !== null) problems.push(refusal('hosting.type', instead));
  if (trust !== undefined && !allowTrust) {
    problems.push(problem('trust', 'This platform allows no artifact to run code of its own. Leave it out.'));
  }
  return problems;
}
