// Policy statements for whoever makes a given list of calls: the table's needs, narrowed to what is this stack's.
import type { Demands } from './authorisation-conditions.ts';
import type { GrantScope, Input } from './authorisation-resources.ts';
import { type Authorisation, authorisations, type Operation } from './authorisations.ts';
import type { GrantedCall } from './function-calls.ts';

export interface Grant {
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: Demands;
}

/** Statements as IAM reads them: one for each set of resources and conditions, with all actions on it. */
export function grants(calls: readonly GrantedCall[], scope: GrantScope): Grant[] {
  const statements = new Map<string, Grant>();
  for (const call of calls) {
    const { operation, under, input } = parts(call);
    const entry: Authorisation = authorisations[operation];
    for (const { action, on, conditions, when } of entry.needs) {
      if (input && when && !when(input)) continue;
      const Resource = on.granted(scope, under);
      // A stack without what the call would need it for: IAM takes no statement on nothing.
      if (Resource.length === 0) continue;
      const Condition = join(conditions.map((condition) => condition.granted(scope, under)));
      const key = JSON.stringify([Resource, Condition]);
      const statement = statements.get(key) ?? {
        Effect: 'Allow' as const,
        Action: [],
        Resource,
        ...(Object.keys(Condition).length > 0 && { Condition }),
      };
      if (!statement.Action.includes(action)) statement.Action.push(action);
      statements.set(key, statement);
    }
  }
  return [...statements.values()];
}

/** Calls on objects say whether they name a version; what others are made with is not known, so they get every need. */
function parts(call: GrantedCall): { operation: Operation; under: string; input?: Input } {
  if (typeof call === 'string') return { operation: call, under: '' };
  const [operation, under, input = {}] = call;
  return { operation, under, input };
}

function join(all: Demands[]): Demands {
  const joined: Demands = {};
  for (const demands of all) {
    for (const [test, keys] of Object.entries(demands)) joined[test] = { ...joined[test], ...keys };
  }
  return joined;
}
