// Which API calls planning makes with the credentials of whoever plans: those of the tasks that it rehearses, as far as they read.
import { isReadOnly } from '../client/planning/read-only.ts';
import { type FunctionName, functionCalls, type GrantedCall } from './function-calls.ts';

/** client/planning/rehearse.ts runs them. */
const rehearsed = [
  'ResolveRequest',
  'InspectArtifact',
  'PlanRollout',
  'RetireSuperseded',
] as const satisfies FunctionName[];

const operationOf = (call: GrantedCall): string => (typeof call === 'string' ? call : call[0]).replace(/^.*:/, '');

export const planCalls: readonly GrantedCall[] = rehearsed
  .flatMap((name): readonly GrantedCall[] => functionCalls[name])
  .filter((call) => isReadOnly(operationOf(call)));
