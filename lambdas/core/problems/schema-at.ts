// Finds the part of a schema that a path of a value leads to, for messages about what is wrong there.
import type * as z from 'zod/mini';

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes['_zod']['def'];

/** The schema at `path`, without wrappers; null where it knows no such place. `value` decides between the options of unions. */
export function schemaAt(schema: Schema, path: readonly PropertyKey[], value: unknown): Schema | null {
  const here = bare(schema, value);
  const [step, ...rest] = path;
  if (here === null || step === undefined) return here;
  const next = member(definition(here), step);
  return next === null ? null : schemaAt(next, rest, (value as Record<PropertyKey, unknown> | null)?.[step]);
}

export const definition = (schema: Schema): Definition => (schema as z.core.$ZodTypes)._zod.def;

/** The keys that an object knows; empty for anything else. */
export function knownKeys(schema: Schema | null): string[] {
  const def = schema === null ? null : definition(schema);
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** Which values the key that tells a union's options apart may have, as JSON. */
export function kindsOf(union: Schema, discriminator: string): string[] {
  const def = definition(union);
  if (def.type !== 'union') return [];
  return def.options.flatMap((option) => {
    const optionDef = definition(option);
    const kind = optionDef.type === 'object' ? optionDef.shape[discriminator] : undefined;
    const kindDef = kind === undefined ? null : definition(kind);
    return kindDef?.type === 'literal' ? kindDef.values.map((value) => JSON.stringify(value)) : [];
  });
}

/** Without optional, nullable and default. A union that has an option of the value's kind becomes that option. */
function bare(schema: Schema, value: unknown): Schema | null {
  const def = definition(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
      return bare(def.innerType, value);
    case 'union':
      return def.options.find((option) => fits(option, value, discriminatorOf(def))) ?? schema;
    default:
      return schema;
  }
}

const discriminatorOf = (union: Definition): string | null =>
  'discriminator' in union ? String(union.discriminator) : null;

function fits(option: Schema, value: unknown, discriminator: string | null): boolean {
  const def = definition(option);
  if (def.type !== 'object' || value === null || typeof value !== 'object' || Array.isArray(value)) return false;
  if (discriminator === null) return true;
  const kind = definition(def.shape[discriminator]!);
  return kind.type === 'literal' && kind.values.includes((value as Record<string, never>)[discriminator]!);
}

function member(def: Definition, step: PropertyKey): Schema | null {
  switch (def.type) {
    case 'object':
      return Object.hasOwn(def.shape, step) ? (def.shape[step as string] ?? null) : null;
    case 'record':
      return def.valueType;
    case 'array':
      return def.element;
    default:
      return null;
  }
}
