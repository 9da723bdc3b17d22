// Checks what a person wrote against a schema, and says of everything that is wrong: where, what was found, what is allowed.
import * as z from 'zod/mini';
import { MAXIMUM_PROBLEMS, MAXIMUM_PROBLEMS_BYTES, type Problem } from '../../../state-machine/contract/problem.ts';
import { allowedValues } from './allowed-values.ts';
import { isTooDeep, MAXIMUM_JSON_DEPTH } from './json-depth.ts';
import { nearest } from './nearest.ts';
import { kindsOf, knownKeys, schemaAt } from './schema-at.ts';
import { shortened } from './shortened.ts';

export type Checked<T> = { value: T; problems: readonly [] } | { value: null; problems: Problem[] };

/** `document` precedes each place, for what is not the request itself: `models/iris/rollout.json: hosting.instanceType`. */
export function check<T extends z.core.$ZodType>(schema: T, value: unknown, document = ''): Checked<z.output<T>> {
  const result = z.safeParse(schema, value);
  if (result.success) return { value: result.data, problems: [] };
  const found = result.error.issues.flatMap((issue) => problemsOf(schema, value, issue as z.core.$ZodIssue));
  return { value: null, problems: found.map(({ where, message }) => problem(placed(document, where), message)) };
}

/** A problem within the bounds of the contract: a message of at most 500 characters, a place of at most 200. */
export function problem(where: string, message: string): Problem {
  return { where: shortened(where, 200), message: shortened(message, 500) };
}

/** JSON that a person wrote, or the problem with it. The text itself is not quoted: it may hold secrets. */
export function parseJson(text: string, document: string): Checked<unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (!isTooDeep(value)) return { value, problems: [] };
    return { value: null, problems: [problem(document, tooDeep)] };
  } catch (error) {
    const position = /line \d+ column \d+/.exec((error as Error).message)?.[0];
    const at = position === undefined ? '' : ` (${position})`;
    return { value: null, problems: [problem(document, `It is not JSON${at}. Write one JSON object, in UTF-8.`)] };
  }
}

export const tooDeep = `It nests deeper than ${MAXIMUM_JSON_DEPTH} levels.`;

/** As many as the state has room for. The last one counts those left out. */
export function bounded(problems: readonly Problem[]): Problem[] {
  const kept: Problem[] = [];
  let bytes = 0;
  for (const each of problems) {
    bytes += Buffer.byteLength(each.where) + Buffer.byteLength(each.message);
    if (kept.length === MAXIMUM_PROBLEMS - 1 || bytes > MAXIMUM_PROBLEMS_BYTES) break;
    kept.push(each);
  }
  const more = problems.length - kept.length;
  if (more === 1 && kept.length < MAXIMUM_PROBLEMS && bytes <= MAXIMUM_PROBLEMS_BYTES) return [...problems];
  return more === 0 ? kept : [...kept, problem('(more)', `${more} more problems are not listed.`)];
}

function problemsOf(schema: z.core.$ZodType, value: unknown, issue: z.core.$ZodIssue): Problem[] {
  const where = issue.path.join('.');
  const at = schemaAt(schema, issue.path, value);
  const found = valueAt(value, issue.path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        where: [...issue.path, key].join('.'),
        message: unknownKey(key, knownKeys(at)),
      }));
    case 'invalid_key':
      return [{ where, message: `This name is not allowed. ${keyRule(schema, value, issue)}` }];
    case 'invalid_union':
      if (issue.discriminator !== undefined) {
        const union = schemaAt(schema, issue.path.slice(0, -1), value);
        const kinds = union === null ? [] : kindsOf(union, issue.discriminator);
        return [{ where, message: `${foundInWords(found, where)} Allowed: one of ${kinds.join(', ')}.` }];
      }
      return problemsOfOption(schema, value, issue) ?? [mismatch(schema, value, issue)];
  }
  return [mismatch(schema, value, issue)];
}

function mismatch(schema: z.core.$ZodType, value: unknown, { path }: z.core.$ZodIssue): Problem {
  const at = schemaAt(schema, path, value);
  const where = path.join('.');
  const allowed = at === null ? 'a value' : allowedValues(at);
  return { where, message: `${foundInWords(valueAt(value, path), where)} Allowed: ${allowed}.` };
}

/** Of the option that is an object, as the value is: what is wrong is within it. Null where there is none. */
function problemsOfOption(
  schema: z.core.$ZodType,
  value: unknown,
  { errors, path }: z.core.$ZodIssueInvalidUnion,
): Problem[] | null {
  if (knownKeys(schemaAt(schema, path, value)).length === 0) return null;
  const within = errors.find((issues) =>
    issues.every((issue) => issue.path.length > 0 || issue.code === 'unrecognized_keys'),
  );
  const issues = within?.map((issue) => ({ ...issue, path: [...path, ...issue.path] }) as z.core.$ZodIssue);
  return issues?.flatMap((issue) => problemsOf(schema, value, issue)) ?? null;
}

/** What is wrong with a key that is none of `known`. */
export function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint = near === null ? '' : ` Did you mean "${near}"?`;
  return `This key is unknown.${hint} Known here: ${known.join(', ')}.`;
}

function keyRule(schema: z.core.$ZodType, value: unknown, issue: z.core.$ZodIssue): string {
  const record = schemaAt(schema, issue.path.slice(0, -1), value);
  const { keyType } = (record as z.core.$ZodRecord | null)?._zod.def ?? {};
  return keyType === undefined ? '' : `Allowed: ${allowedValues(keyType)}.`;
}

/** Values of the environment are secrets as likely as not, wherever below it they stand: only their kind is named. */
function foundInWords(value: unknown, where: string): string {
  if (value === undefined) return 'It is missing.';
  const isSecret = /(^|\.)environment(\.|$)/.test(where);
  if (Array.isArray(value)) return `Found a list of ${value.length}.`;
  if (value !== null && typeof value === 'object') return 'Found an object.';
  if (typeof value === 'string' && (isSecret || value.length > 60)) return `Found text of ${value.length} characters.`;
  return isSecret ? `Found a ${typeof value}.` : `Found ${JSON.stringify(value)}.`;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], value);
}

/** A place in a document, where it is not the request itself. */
export const placed = (document: string, where: string) =>
  document === '' ? where || '(request)' : where === '' ? document : `${document}: ${where}`;
