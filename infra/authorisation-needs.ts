// What a call needs, one action at a time: the vocabulary of the table of authorisations.
import type { Condition, Context } from './authorisation-conditions.ts';
import type { GrantScope, Input, Resource, Scope } from './authorisation-resources.ts';

/** One action that a call needs, on the resources that it touches. */
export interface Need<Granted extends Scope = GrantScope> {
  readonly action: string;
  readonly on: Resource<Granted>;
  readonly conditions: readonly Condition<Granted>[];
  /** Whether a request needs it; grants always include it. Default: every request. */
  readonly when?: (input: Input) => boolean;
}

export const need = <Granted extends Scope = GrantScope>(
  action: string,
  on: Resource<Granted>,
  ...conditions: Condition<Granted>[]
): Need<Granted> => ({ action, on, conditions });
export const needIf = (when: (input: Input) => boolean, needed: Need): Need => ({ ...needed, when });

/** One action on one resource that a call needs, with the condition keys that come from the request. */
export interface Requirement {
  action: string;
  resource: string;
  context: Context;
}

/** All that one request needs of a list of needs. */
export const requirementsOf = <Granted extends Scope>(
  needs: readonly Need<Granted>[],
  input: Input,
  scope: Scope,
): Requirement[] =>
  needs
    .filter(({ when }) => when?.(input) ?? true)
    .flatMap(({ action, on, conditions }) => {
      const context: Context = Object.assign({}, ...conditions.map((condition) => condition.requested(input, scope)));
      return on.requested(input, scope).map((resource) => ({ action, resource, context }));
    });
