// What the contract already describes but this release cannot do. It is refused by name, never ignored.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { hostingTypeOf } from '../hosting/hosting-types.ts';
import { problem } from '../problems/problems.ts';
import type { CheckedRequest } from './check-request.ts';

export function notSupportedYet(request: CheckedRequest, allowTrust: boolean): Problem[] {
  const { hosting, scaling, network } = request;
  const problems: Problem[] = [];
  const refuse = (where: string, instead: string) => problems.push(problem(where, `Not supported yet. ${instead}`));

  const instead = hosting === undefined ? null : hostingTypeOf(hosting.type).notSupportedYet;
  if (instead !== null) refuse('hosting.type', instead);
  if (typeof scaling === 'object' && scaling.schedules !== undefined) refuse('scaling.schedules', 'Leave it out.');
  if (network?.vpc !== undefined) refuse('network.vpc', 'Leave it out.');
  if (request.encryption !== undefined) refuse('encryption', 'Leave it out.');
  if (request.trust !== undefined && !allowTrust) {
    problems.push(problem('trust', 'This platform allows no artifact to run code of its own. Leave it out.'));
  }
  return problems;
}
