// DynamoDB's expressions: conditions, and the updates SET, REMOVE and ADD, parsed once each.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

export type Item = Record<string, unknown>;
export interface Names {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}
type Value = (item: Item, names: Names) => unknown;

const conditions = new Map<string, Value>();

export function isTrue(expression: string, item: Item, names: Names): boolean {
  let parsed = conditions.get(expression);
  if (parsed === undefined) {
    const tokens = new Tokens(expression);
    parsed = anyOf(tokens);
    tokens.end();
    conditions.set(expression, parsed);
  }
  return parsed(item, names) === true;
}

/** The item after the update. */
export function updated(expression: string, item: Item, names: Names): Item {
  const after = structuredClone(item);
  const clauses = expression.split(/\b(SET|REMOVE|ADD|DELETE)\b/).slice(1);
  for (let index = 0; index < clauses.length; index += 2) {
    for (const part of splitList(clauses[index + 1]!)) apply(clauses[index]!, part, after, item, names);
  }
  return after;
}

function apply(clause: string, part: string, after: Item, before: Item, names: Names): void {
  const [path = '', ...rest] = clause === 'SET' ? part.split('=') : part.trim().split(/\s+/);
  const segments = path
    .trim()
    .split('.')
    .map((name) => names.names[name] ?? name);
  const last = segments.pop()!;
  let at: Item = after;
  for (const segment of segments) {
    if (at[segment] === null || typeof at[segment] !== 'object') throw new Error(`No such path in the item: ${path}`);
    at = at[segment] as Item;
  }
  if (clause === 'REMOVE') delete at[last];
  else if (clause === 'SET') at[last] = sum(rest.join('='))(before, names);
  else if (clause === 'ADD') at[last] = Number(at[last] ?? 0) + Number(names.values[rest[0]!]);
  else throw new Error(`The simulated DynamoDB does not know ${clause} in updates.`);
}

/** At the commas that stand outside brackets. */
const splitList = (text: string): string[] => text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];

function sum(text: string): Value {
  const tokens = new Tokens(text);
  const first = operand(tokens);
  const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : 0;
  if (sign === 0) return first;
  const second = operand(tokens);
  return (item, names) => Number(first(item, names)) + sign * Number(second(item, names));
}

class Tokens {
  readonly #tokens: string[];

  constructor(expression: string) {
    this.#tokens = expression.match(/<>|<=|>=|[=<>(),+-]|[#:]?[\w.#]+(?:\[\d+\])*/g) ?? [];
  }

  peek(): string {
    return this.#tokens[0] ?? '';
  }

  next(): string {
    return this.#tokens.shift() ?? '';
  }

  take(token: string): boolean {
    if (this.peek().toUpperCase() !== token) return false;
    this.next();
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new Error(`Expected ${token}, found "${this.peek()}".`);
  }

  end(): void {
    if (this.#tokens.length > 0) throw new Error(`The expression goes on: ${this.#tokens.join(' ')}`);
  }
}

function anyOf(tokens: Tokens): Value {
  const parts = [allOf(tokens)];
  while (tokens.take('OR')) parts.push(allOf(tokens));
  return (item, names) => parts.some((part) => part(item, names) === true);
}

function allOf(tokens: Tokens): Value {
  const parts = [negated(tokens)];
  while (tokens.take('AND')) parts.push(negated(tokens));
  return (item, names) => parts.every((part) => part(item, names) === true);
}

function negated(tokens: Tokens): Value {
  if (tokens.take('NOT')) {
    const part = negated(tokens);
    return (item, names) => part(item, names) !== true;
  }
  if (tokens.take('(')) {
    const part = anyOf(tokens);
    tokens.expect(')');
    return part;
  }
  return comparison(tokens);
}

const COMPARISONS: Record<string, (one: never, other: never) => boolean> = {
  '=': (one, other) => JSON.stringify(one) === JSON.stringify(other),
  '<>': (one, other) => JSON.stringify(one) !== JSON.stringify(other),
  '<': (one, other) => one < other,
  '<=': (one, other) => one <= other,
  '>': (one, other) => one > other,
  '>=': (one, other) => one >= other,
};

function comparison(tokens: Tokens): Value {
  const left = operand(tokens);
  if (tokens.take('BETWEEN')) {
    const low = operand(tokens);
    tokens.expect('AND');
    const high = operand(tokens);
    return (item, names) => {
      const value = left(item, names) as string;
      return value >= (low(item, names) as string) && value <= (high(item, names) as string);
    };
  }
  if (tokens.take('IN')) {
    tokens.expect('(');
    const list = [operand(tokens)];
    while (tokens.take(',')) list.push(operand(tokens));
    tokens.expect(')');
    return (item, names) => list.some((each) => each(item, names) === left(item, names));
  }
  const compare = COMPARISONS[tokens.peek()];
  if (compare === undefined) return left;
  tokens.next();
  const right = operand(tokens);
  return (item, names) => {
    const [one, other] = [left(item, names), right(item, names)];
    // What is missing differs from everything, and is neither less nor more.
    if (one === undefined || other === undefined) return compare === COMPARISONS['<>'];
    return compare(one as never, other as never);
  };
}

const FUNCTIONS: Record<string, (values: unknown[]) => unknown> = {
  attribute_exists: ([value]) => value !== undefined,
  attribute_not_exists: ([value]) => value === undefined,
  begins_with: ([value, prefix]) => typeof value === 'string' && value.startsWith(String(prefix)),
  contains: ([value, part]) => (Array.isArray(value) || typeof value === 'string') && value.includes(part as string),
  size: ([value]) => (value as string | unknown[]).length,
  if_not_exists: ([value, otherwise]) => value ?? otherwise,
  attribute_type: ([value, type]) =>
    (value === null ? 'NULL' : { string: 'S', number: 'N', boolean: 'BOOL', object: 'M' }[typeof value as 'string']) ===
    type,
};

function operand(tokens: Tokens): Value {
  const token = tokens.next();
  const call = FUNCTIONS[token];
  if (call !== undefined && tokens.take('(')) {
    const parameters = [operand(tokens)];
    while (tokens.take(',')) parameters.push(operand(tokens));
    tokens.expect(')');
    return (item, names) => call(parameters.map((each) => each(item, names)));
  }
  if (token.startsWith(':')) return (_, { values }) => values[token];
  if (!/^[#\w]/.test(token)) throw new Error(`The simulated DynamoDB does not know "${token}" in an expression.`);
  const path = token.split('.');
  return (item, { names }) => {
    let value: unknown = item;
    for (const segment of path) value = (value as Item | null | undefined)?.[names[segment] ?? segment];
    return value;
  };
}
