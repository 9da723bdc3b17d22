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
export function violationsOf(service: Service, shapeName: string, value: unknown, path = ''): string[] {
  const shape = shapeOf(service, shapeName);
  if (!JSON_TYPES[shape.type]?.(value))
    throw new AwsError(
      'SerializationException',
      `${printed(value)} at '${path}' can not be converted to ${shape.type}`,
    );
  switch (shape.type) {
    case 'structure':
      return structureViolations(service, shapeName, shape, value as Record<string, unknown>, path);
    case 'list':
      return [
        ...sizeViolations(shape, (value as unknown[]).length, value, path),
        ...(value as unknown[]).flatMap((item, index) =>
          violationsOf(service, shape.member!.shape, item, `${path}.${index + 1}.member`),
        ),
      ];
    case 'map':
      return mapViolations(service, shape, value as Record<string, unknown>, path);
    case 'string':
      return stringViolations(shape, value as string, path);
    case 'blob':
      return sizeViolations(shape, (value as { length: number }).length, '...', path);
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return rangeViolations(shape, value as number, path);
    default:
      return [];
  }
}

function structureViolations(
  service: Service,
  name: string,
  shape: Shape,
  value: Record<string, unknown>,
  path: string,
): string[] {
  const members = shape.members ?? {};
  const unknown = Object.keys(value).find((key) => !(key in members));
  if (unknown)
    throw new AwsError('SerializationException', `Unknown member '${unknown}' at '${path}': ${name} has none so named`);
  const missing = (shape.required ?? [])
    .filter((member) => value[member] === undefined || value[member] === null)
    .map((member) => failed('null', under(path, lowerFirst(member)), 'Member must not be null'));
  const present = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
  const inside = present.flatMap(([key, item]) =>
    violationsOf(service, members[key]!.shape, item, under(path, lowerFirst(key))),
  );
  return [...missing, ...inside];
}

function mapViolations(service: Service, shape: Shape, value: Record<string, unknown>, path: string): string[] {
  return [
    ...sizeViolations(shape, Object.keys(value).length, value, path),
    ...Object.entries(value).flatMap(([key, item]) => [
      ...violationsOf(service, shape.key!.shape, key, `${path}.key`),
      ...violationsOf(service, shape.value!.shape, item, `${path}.${key}.member`),
    ]),
  ];
}

function stringViolations(shape: Shape, value: string, path: string): string[] {
  const violations = sizeViolations(shape, value.length, value, path);
  if (shape.enum && !shape.enum.includes(value))
    violations.push(failed(printed(value), path, `Member must satisfy enum value set: [${shape.enum.join(', ')}]`));
  if (shape.pattern && !matches(shape.pattern, value))
    violations.push(failed(printed(value), path, `Member must satisfy regular expression pattern: ${shape.pattern}`));
  return violations;
}

function sizeViolations(shape: Shape, length: number, value: unknown, path: string): string[] {
  const violations: string[] = [];
  if (shape.min !== undefined && length < shape.min)
    violations.push(failed(printed(value), path, `Member must have length greater than or equal to ${shape.min}`));
  if (shape.max !== undefined && length > shape.max)
    violations.push(failed(printed(value), path, `Member must have length less than or equal to ${shape.max}`));
  return violations;
}

function rangeViolations(shape: Shape, value: number, path: string): string[] {
  const violations: string[] = [];
  if (shape.min !== undefined && value < shape.min)
    violations.push(failed(printed(value), path, `Member must have value greater than or equal to ${shape.min}`));
  if (shape.max !== undefined && value > shape.max)
    violations.push(failed(printed(value), path, `Member must have value less than or equal to ${shape.max}`));
  return violations;
}

const failed = (value: string, path: string, constraint: string) =>
  `Value ${value} at '${path}' failed to satisfy constraint: ${constraint}`;
