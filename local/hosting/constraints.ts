/** Checks a value against a shape of AWS's service model, with the texts in which AWS reports violations. */

import { AwsError } from './aws-error.ts';
import { type Service, type Shape, shapeOf } from './service-model.ts';

const patterns = new Map<string, RegExp>();

/** The model's patterns are Java's, and match the whole value. */
export function matches(pattern: string, value: string): boolean {
  let compiled = patterns.get(pattern);
  if (!compiled) {
    compiled = new RegExp(`^(?:${inJavaScript(pattern)})$`, 'su');
    patterns.set(pattern, compiled);
  }
  return compiled.test(value);
}

/** Without Java's anchors, and with its class of printable ASCII written out. */
const inJavaScript = (pattern: string) =>
  pattern.replaceAll(/\\[Az]/g, '').replaceAll(/\[\\p\{Print\}\]|\\p\{Print\}/g, '[\\x20-\\x7e]');

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);
const under = (path: string, name: string) => (path ? `${path}.${name}` : name);
const printed = (value: unknown) =>
  Array.isArray(value) || (typeof value === 'object' && value !== null) ? JSON.stringify(value) : `'${value}'`;

const JSON_TYPES: Record<string, (value: unknown) => boolean> = {
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  map: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  list: Array.isArray,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: Number.isInteger,
  long: Number.isInteger,
  float: (value) => typeof value === 'number',
  double: (value) => typeof value === 'number',
  timestamp: (value) => typeof value === 'number' || value instanceof Date,
  blob: (value) => typeof value === 'string' || value instanceof Uint8Array,
};

/**
 * Throws what AWS answers for an input that breaks the model: SerializationException for a value of the wrong type,
 * otherwise one error with every violation in it ("2 validation errors detected: Value ... at ...; Value ...").
 * AWS ignores members that it does not know; here they are refused, since they are always a mistake of the caller.
 */
export function checkInput(service: Service, shapeName: string, value: unknown, code = 'ValidationException'): void {
  const violations = violationsOf(service, shapeName, value);
  if (violations.length === 0) return;
  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
  throw new AwsError(code, `${count} detected: ${violations.join('; ')}`);
}

/** Every violation of ranges, lengths, patterns, enums and required members in AWS's words; [] when there is none. */
export function violationsOf(service: Service, shapeName: string, value: unknown): string[] {
  const found: string[] = [];
  checkOf(service, shapeName)(value, '', found);
  return found;
}

/** Adds what is wrong with the value at a path to what was found. */
type Check = (value: unknown, path: string, found: string[]) => void;
const checks = new Map<Shape, Check>();

/** Made once for each shape, because every call is held against the model twice. */
function checkOf(service: Service, name: string): Check {
  const shape = shapeOf(service, name);
  const made = checks.get(shape);
  if (made) return made;
  const isOfType = JSON_TYPES[shape.type];
  const check: Check = (value, path, found) => {
    if (!isOfType?.(value))
      throw new AwsError(
        'SerializationException',
        `${printed(value)} at '${path}' can not be converted to ${shape.type}`,
      );
    checkInside(value, path, found);
  };
  // Before what it is made of: shapes may contain themselves.
  checks.set(shape, check);
  const checkInside = checkOfType(service, name, shape);
  return check;
}

function checkOfType(service: Service, name: string, shape: Shape): Check {
  switch (shape.type) {
    case 'structure':
      return structureCheck(service, name, shape);
    case 'list':
      return listCheck(service, shape);
    case 'map':
      return mapCheck(service, shape);
    case 'string':
      return stringCheck(shape);
    case 'blob':
      return (value, path, found) => checkSize(shape, (value as { length: number }).length, '...', path, found);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return rangeCheck(shape);
    default:
      return () => undefined;
  }
}

function structureCheck(service: Service, name: string, shape: Shape): Check {
  const members = new Map(
    Object.entries(shape.members ?? {}).map(([key, member]) => [
      key,
      { name: lowerFirst(key), check: checkOf(service, member.shape) },
    ]),
  );
  const required = shape.required ?? [];
  return (value, path, found) => {
    const given = value as Record<string, unknown>;
    for (const key in given)
      if (!members.has(key))
        throw new AwsError('SerializationException', `Unknown member '${key}' at '${path}': ${name} has none so named`);
    for (const key of required)
      if (given[key] === undefined || given[key] === null)
        found.push(failed('null', under(path, lowerFirst(key)), 'Member must not be null'));
    for (const key in given) {
      const member = members.get(key)!;
      const item = given[key];
      if (item !== undefined && item !== null) member.check(item, under(path, member.name), found);
    }
  };
}

function listCheck(service: Service, shape: Shape): Check {
  const check = checkOf(service, shape.member!.shape);
  return (value, path, found) => {
    const items = value as unknown[];
    checkSize(shape, items.length, value, path, found);
    for (const [index, item] of items.entries()) check(item, `${path}.${index + 1}.member`, found);
  };
}

function mapCheck(service: Service, shape: Shape): Check {
  const checkKey = checkOf(service, shape.key!.shape);
  const checkValue = checkOf(service, shape.value!.shape);
  return (value, path, found) => {
    const entries = Object.entries(value as object);
    checkSize(shape, entries.length, value, path, found);
    for (const [key, item] of entries) {
      checkKey(key, `${path}.key`, found);
      checkValue(item, `${path}.${key}.member`, found);
    }
  };
}

function stringCheck(shape: Shape): Check {
  const allowed = shape.enum && new Set<unknown>(shape.enum);
  return (value, path, found) => {
    const text = value as string;
    checkSize(shape, text.length, text, path, found);
    if (allowed && !allowed.has(text))
      found.push(failed(printed(text), path, `Member must satisfy enum value set: [${shape.enum!.join(', ')}]`));
    if (shape.pattern && !matches(shape.pattern, text))
      found.push(failed(printed(text), path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  };
}

function checkSize({ min, max }: Shape, length: number, value: unknown, path: string, found: string[]): void {
  if (min !== undefined && length < min)
    found.push(failed(printed(value), path, `Member must have length greater than or equal to ${min}`));
  if (max !== undefined && length > max)
    found.push(failed(printed(value), path, `Member must have length less than or equal to ${max}`));
}

function rangeCheck({ min, max }: Shape): Check {
  return (value, path, found) => {
    if (min !== undefined && (value as number) < min)
      found.push(failed(printed(value), path, `Member must have value greater than or equal to ${min}`));
    if (max !== undefined && (value as number) > max)
      found.push(failed(printed(value), path, `Member must have value less than or equal to ${max}`));
  };
}

const failed = (value: string, path: string, constraint: string) =>
  `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;
