// What a schema allows, in words: read from the schema itself, so that texts and checks cannot drift apart.
import * as z from 'zod/mini';
import { definition } from './schema-at.ts';

/** For example `a whole number from 1 to 1000`, or `one of "input", "output"`. */
export function allowedValues(schema: z.core.$ZodType): string {
  const description = z.globalRegistry.get(schema)?.description;
  const kind = kindInWords(schema);
  return description === undefined ? kind : `${kind} (${description.replace(/\.$/, '')})`;
}

function kindInWords(schema: z.core.$ZodType): string {
  const def = definition(schema);
  switch (def.type) {
    case 'literal':
      return listed(def.values);
    case 'enum':
      return listed(Object.values(def.entries));
    case 'boolean':
      return 'true or false';
    case 'number': {
      const whole = 'format' in def && def.format === 'safeint';
      return `${whole ? 'a whole number' : 'a number'}${range(schema)}`;
    }
    case 'string':
      return `text${length(schema, 'characters')}${pattern(schema)}`;
    case 'array':
      return `a list${length(schema, 'entries')}${choices(def.element)}`;
    case 'record':
      return 'an object of names with texts';
    case 'object':
      return `an object with ${listed(Object.keys(def.shape), 'the keys')}`;
    case 'union':
      if ('discriminator' in def) return 'an object';
      return def.options.map(kindInWords).join(', or ');
    case 'optional':
    case 'nullable':
    case 'default':
      return allowedValues(def.innerType);
    default:
      return 'a value';
  }
}

const listed = (values: readonly unknown[], many = 'one of') =>
  values.length === 1
    ? JSON.stringify(values[0])
    : `${many} ${values.map((value) => JSON.stringify(value)).join(', ')}`;

/** What an entry of a list may be, where that is a choice: an error in an option of a union is told of the union. */
function choices(element: z.core.$ZodType): string {
  const def = definition(element);
  return def.type === 'enum' ? `, each ${listed(Object.values(def.entries))}` : '';
}

const checks = (schema: z.core.$ZodType): z.core.$ZodChecks['_zod']['def'][] =>
  (definition(schema).checks ?? []).map((check) => (check as z.core.$ZodChecks)._zod.def);

function range(schema: z.core.$ZodType): string {
  const parts = checks(schema).flatMap((check) => {
    if (check.check === 'greater_than') return [`${check.inclusive ? 'from' : 'above'} ${check.value}`];
    return check.check === 'less_than' ? [`${check.inclusive ? 'to' : 'below'} ${check.value}`] : [];
  });
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

function length(schema: z.core.$ZodType, of: string): string {
  const all = checks(schema);
  const least = all.flatMap((check) => (check.check === 'min_length' ? [check.minimum] : []))[0];
  const most = all.flatMap((check) => (check.check === 'max_length' ? [check.maximum] : []))[0];
  if (most === undefined) return least === undefined ? '' : ` of at least ${least} ${of}`;
  return least === undefined ? ` of at most ${most} ${of}` : ` of ${least} to ${most} ${of}`;
}

/** The words of a description say more to people than the pattern; the pattern stands in only where there are none. */
function pattern(schema: z.core.$ZodType): string {
  if (z.globalRegistry.get(schema)?.description !== undefined) return '';
  const found = checks(schema).find((check) => check.check === 'string_format');
  const regex = found !== undefined && 'pattern' in found ? found.pattern : undefined;
  return regex === undefined ? '' : ` like ${regex.source}`;
}
