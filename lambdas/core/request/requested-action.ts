// What a request asks for: to deploy to an endpoint, or something else.
import type { RequestOutput } from '../../../state-machine/contract/outputs.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';

export type OtherAction = Exclude<RequestOutput['action'], 'deploy'>;

const actions = ['rollback', 'retireEndpoint', 'cancel', 'recover'] as const satisfies OtherAction[];

/** A request that names no action is one to deploy, also one that is no object: it is checked as such. */
export function requestedAction(request: unknown): { action: RequestOutput['action'] } | { problem: Problem } {
  const named = (request as { action?: unknown } | null | undefined)?.action;
  if (named === undefined || named === 'deploy') return { action: 'deploy' };
  const action = actions.find((each) => each === named);
  if (action !== undefined) return { action };
  const message = `Found ${JSON.stringify(named)?.slice(0, 60)}. Allowed: "deploy" (the default), "rollback", "retireEndpoint", "cancel".`;
  return { problem: problem('action', message) };
}
