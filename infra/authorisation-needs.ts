// What a call needs, one action at a time: the vocabulary of the table of authorisations.
import type { Condition } from './authorisation-conditions.ts';
import type { Input, Resource } from './authorisation-resources.ts';

/** One action that a call needs, on the resources that it touches. */
export interface Need {
  readonly action: string;
  readonly on: Resource;
  readonly conditions: readonly Condition[];
  /** Whether a request needs it; grants always include it. Default: every request. */
  readonly when?: (input: Input) => boolean;
}

export const need = (action: string, on: Resource, ...conditions: Condition[]): Need => ({ action, on, conditions });
export const needIf = (when: (input: Input) => boolean, needed: Need): Need => ({ ...needed, when });
