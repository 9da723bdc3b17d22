// Policy statements for whoever makes a given list of calls: the table's needs, narrowed to what is this stack's.
import type { Demands } from './authorisation-conditions.ts';
import type { Need } from './authorisation-needs.ts';
import type { GrantScope, Input, Scope } from './authorisation-resources.ts';
import { type Authorisation, authorisations, type Operation } from './authorisations.ts';
import type { GrantedCall } from './function-calls.ts';

export interface Grant {
  Effect: 'Allow';
  Action: string[];
  Resource: string[];
  Condition?: Demands;
}

/** What calls need, each narrowed to the prefix of keys under which it is made. */
export const grants = (calls: readonly GrantedCall[], scope: GrantScope): Grant[] =>
  statements(
    calls.flatMap((call) => {
      const { operation, under, input } = parts(call);
      const { needs }: Authorisation = authorisations[operation];
      return needs.filter(({ when }) => !(input && when && !when(input))).map((need) => narrowed(need, scope, under));
    }),
  );

/** What a role needs besides its calls. */
export const grantsOf = <Granted extends Scope>(needs: readonly Need<Granted>[], scope: Granted): Grant[] =>
  statements(needs.map((need) => narrowed(need, scope, '')));

interface Narrowed {
  readonly action: string;
  readonly resources: string[];
  readonly demands: Demands;
}

const narrowed = <Granted extends Scope>(
  { action, on, conditions }: Need<Granted>,
  scope: Granted,
  under: string,
): Narrowed => ({
  action,
  resources: on.granted(scope, under),
  demands: join(conditions.map((condition) => condition.granted(scope, under))),
});

/** As IAM reads them: one for each set of resources and conditions, with all actions on it. */
function statements(all: readonly Narrowed[]): Grant[] {
  const found = new Map<string, Grant>();
  for (const { action, resources: Resource, demands: Condition } of all) {
    // A stack without what the call would need it for: IAM takes no statement on nothing.
    if (Resource.length === 0) continue;
    const key = JSON.stringify([Resource, Condition]);
    const statement = found.get(key) ?? {
      Effect: 'Allow' as const,
      Action: [],
      Resource,
      ...(Object.keys(Condition).length > 0 && { Condition }),
    };
    if (!statement.Action.includes(action)) statement.Action.push(action);
    found.set(key, statement);
  }
  return [...found.values()];
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
