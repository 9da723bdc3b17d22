// What a Choice asks, in the words of the data: verdicts, and fields that are true or null.
import * as z from 'zod/mini';
import { type StateKey, stateSchemas } from './contract/steps.ts';

export interface RuleCondition {
  readonly Variable?: string;
  readonly StringEquals?: string;
  readonly BooleanEquals?: boolean;
  readonly IsNull?: boolean;
  readonly IsPresent?: boolean;
  readonly And?: readonly RuleCondition[];
}

const lastOf = (variable = ''): string => variable.split('.').at(-1)!;

export function ruleLabel({ Variable, StringEquals, BooleanEquals, IsNull, And }: RuleCondition): string {
  // That a field is there at all is for plans of before it was known.
  if (And)
    return And.filter(({ IsPresent }) => IsPresent === undefined)
      .map(ruleLabel)
      .join(' and ');
  if (StringEquals !== undefined) return StringEquals;
  if (IsNull !== undefined) return IsNull ? `no ${lastOf(Variable)}` : lastOf(Variable);
  return BooleanEquals ? lastOf(Variable) : `not ${lastOf(Variable)}`;
}

/** What is left when no rule holds: the other verdicts that the output may have, or the contrary of the one rule. */
export function otherwiseLabel(rules: readonly RuleCondition[]): string {
  const asked = rules.flatMap((rule) => rule.And ?? [rule]).filter(({ StringEquals }) => StringEquals !== undefined);
  const [variable] = asked.map(({ Variable }) => Variable!);
  if (variable !== undefined) {
    const verdicts = verdictsOf(variable.split('.')[1] as StateKey);
    return verdicts.filter((verdict) => !asked.some(({ StringEquals }) => StringEquals === verdict)).join(', ');
  }
  const [first] = rules as [RuleCondition];
  const { BooleanEquals, IsNull, ...rule } = first.And?.find(({ IsPresent }) => IsPresent === undefined) ?? first;
  return ruleLabel(IsNull === undefined ? { ...rule, BooleanEquals: !BooleanEquals } : { ...rule, IsNull: !IsNull });
}

interface VerdictSchema {
  readonly properties?: { readonly verdict?: { readonly enum?: readonly string[]; readonly const?: string } };
  readonly oneOf?: readonly VerdictSchema[];
  readonly anyOf?: readonly VerdictSchema[];
}

function verdictsOf(key: StateKey): string[] {
  const collect = ({ properties, oneOf = [], anyOf = [] }: VerdictSchema): string[] => [
    ...(properties?.verdict?.enum ?? []),
    ...(properties?.verdict?.const === undefined ? [] : [properties.verdict.const]),
    ...[...oneOf, ...anyOf].flatMap(collect),
  ];
  return collect(z.toJSONSchema(stateSchemas[key]) as VerdictSchema);
}
