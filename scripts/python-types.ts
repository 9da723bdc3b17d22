// The contract as types of Python, for the client there: each object of a JSON Schema is a TypedDict, named after where it stands.
import * as z from 'zod/mini';
import { OutcomeSchema } from '../state-machine/contract/outcome.ts';
import { ReleaseSchema } from '../state-machine/contract/release.ts';
import { RolloutRequestSchema } from '../state-machine/contract/request.ts';

/** As far as the contract's schemas have it. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const SCALARS: Readonly<Record<string, string>> = {
  ...{ string: 'str', integer: 'int', number: 'float', boolean: 'bool', null: 'None' },
  ...{ object: 'dict[str, Any]', array: 'list[Any]' },
};

const HEAD = `"""The deployer's contract as types. Generated from its schemas: npm run generate."""

# ruff: noqa: E501, UP035
from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from typing import Any, Literal

    from typing_extensions import NotRequired
`;

/** Where it is, in the project. */
export const PYTHON_TYPES = 'serving-image/sagemaker_deployer/client/contract.py';

/** What is in a TypedDict -> its name, and how it is written. */
type Classes = Map<string, { name: string; text: string }>;

/** A module of Python. Types in it are strings, which type checkers read and Python itself does not. */
export function pythonTypes(): string {
  const classes: Classes = new Map();
  typeOf('RolloutRequest', z.toJSONSchema(RolloutRequestSchema, { io: 'input', target: 'draft-7' }) as Schema, classes);
  typeOf('Outcome', z.toJSONSchema(OutcomeSchema, { target: 'draft-7' }) as Schema, classes);
  typeOf('Release', z.toJSONSchema(ReleaseSchema, { target: 'draft-7' }) as Schema, classes);
  return `${HEAD}\n\n${[...classes.values()].map(({ text }) => text).join('\n\n\n')}\n`;
}

/** The type as Python writes it; the TypedDicts that it needs come into `classes`, what is within before what is around it. */
function typeOf(name: string, schema: Schema, classes: Classes): string {
  if (schema.const !== undefined) return literal([schema.const]);
  if (schema.enum !== undefined) return literal(schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined)
    return union(choices.map((choice, index) => typeOf(name + choiceName(choice, index, choices), choice, classes)));
  if (Array.isArray(schema.type)) return union(schema.type.map((type) => typeOf(name, { ...schema, type }, classes)));
  if (schema.items !== undefined) return `list[${typeOf(name, schema.items, classes)}]`;
  if (schema.properties !== undefined) return typedDict(name, schema, classes);
  if (typeof schema.additionalProperties === 'object' && Object.keys(schema.additionalProperties).length > 0)
    return `dict[str, ${typeOf(name, schema.additionalProperties, classes)}]`;
  return SCALARS[String(schema.type)] ?? 'Any';
}

/** What is alike has one type, called after where it stands first; what may stand there often comes last. */
function typedDict(name: string, { properties = {}, required = [] }: Schema, classes: Classes): string {
  const keys = Object.keys(properties);
  const types = new Map<string, string>();
  for (const key of [...keys].sort((one, other) => Number(isList(properties[one])) - Number(isList(properties[other]))))
    types.set(key, typeOf(name + capitalized(key), properties[key]!, classes));
  const fields = keys.map((key): [key: string, type: string] => {
    const type = types.get(key)!;
    return [key, required.includes(key) ? type : `NotRequired[${type}]`];
  });
  const content = JSON.stringify(fields);
  const known = classes.get(content);
  if (known !== undefined) return known.name;
  classes.set(content, { name, text: keys.every(isName) ? asClass(name, fields) : asCall(name, fields) });
  return name;
}

type Fields = readonly [key: string, type: string][];

const asClass = (name: string, fields: Fields): string =>
  [`class ${name}(TypedDict):`, ...fields.map(([key, type]) => `    ${key}: ${type}`)].join('\n');

/** For keys that a class cannot have: in a call types stand in quotes, or Python would look them up. */
const asCall = (name: string, fields: Fields): string =>
  [
    ...[`${name} = TypedDict(`, `    "${name}",`, '    {'],
    ...fields.map(([key, type]) => `        "${key}": "${type.replaceAll('"', "'")}",`),
    ...['    },', ')'],
  ].join('\n');

/** Of the keys that the contract has, these are no names in Python. */
const isName = (key: string): boolean => /^[A-Za-z]\w*$/.test(key) && key !== 'from';

const isList = (schema: Schema | undefined): boolean => schema?.items !== undefined;

/** Of several objects each is named by its type, where it says one. */
function choiceName({ properties }: Schema, index: number, choices: readonly Schema[]): string {
  const objects = choices.filter((choice) => choice.properties !== undefined);
  if (properties === undefined || objects.length === 1) return '';
  const type = properties.type?.const;
  return typeof type === 'string' ? capitalized(type) : String(index + 1);
}

const literal = (values: readonly unknown[]) =>
  `Literal[${values.map((value) => (typeof value === 'boolean' ? capitalized(String(value)) : JSON.stringify(value))).join(', ')}]`;
const union = (types: readonly string[]) => [...new Set(types)].join(' | ');
const capitalized = (text: string) => text.replace(/^\$?(.)/, (_, first: string) => first.toUpperCase());
