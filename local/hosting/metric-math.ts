/** The part of CloudWatch's metric math that judges a fleet: arithmetic, comparisons, IF and FILL, over one period. */

import { AwsError } from './aws-error.ts';

/** A datapoint; undefined where the period has none. */
export type Datapoint = number | undefined;
/** The datapoint of the period that begins at `from`. */
export type Series = (from: number) => Datapoint;
/** Computes one period's datapoint from those of the queries that the expression names. */
export type Expression = (datapointOf: (id: string) => Datapoint) => Datapoint;

const TOKEN = /\s*(>=|<=|==|!=|[-+*/(),<>]|\d+(?:\.\d+)?|[A-Za-z]\w*)/y;
/** From the loosest to the tightest. */
const LEVELS: readonly (readonly string[])[] = [
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];
const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
};

/**
 * Where an operand has no datapoint, or a division is by zero, the result has none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws AwsError ValidationError for what is no expression, or one that the simulator cannot compute
 */
export function expression(text: string): { compute: Expression; ids: ReadonlySet<string> } {
  const tokens = tokensOf(text);
  const ids = new Set<string>();
  let at = 0;
  const refuse = () =>
    new AwsError('ValidationError', `Error in expression '${text}': unexpected '${tokens[at] ?? 'end'}'`);
  const take = (wanted: string) => {
    if (tokens[at] !== wanted) throw refuse();
    at += 1;
  };

  function binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return unary();
    let left = binary(level + 1);
    while (operators.includes(tokens[at] ?? '')) {
      const operate = OPERATORS[tokens[at++]!]!;
      const [one, other] = [left, binary(level + 1)];
      left = (datapointOf) => finite(one(datapointOf), other(datapointOf), operate);
    }
    return left;
  }

  function unary(): Expression {
    const token = tokens[at++];
    if (token === '-') {
      const operand = unary();
      return (datapointOf) => finite(0, operand(datapointOf), OPERATORS['-']!);
    }
    if (token === '(') {
      const inner = binary(0);
      take(')');
      return inner;
    }
    if (token !== undefined && /^\d/.test(token)) return () => Number(token);
    if (token === 'IF' || token === 'FILL') return call(token);
    // Ids begin with a lower-case letter; functions, of which these are all, are in capitals.
    if (token === undefined || !/^[a-z]/.test(token)) {
      at -= 1;
      throw refuse();
    }
    ids.add(token);
    return (datapointOf) => datapointOf(token);
  }

  function call(name: 'IF' | 'FILL'): Expression {
    take('(');
    const first = binary(0);
    take(',');
    const second = binary(0);
    if (name === 'FILL') {
      take(')');
      return (datapointOf) => first(datapointOf) ?? second(datapointOf);
    }
    take(',');
    const third = binary(0);
    take(')');
    return (datapointOf) => {
      const condition = first(datapointOf);
      return condition === undefined ? undefined : condition !== 0 ? second(datapointOf) : third(datapointOf);
    };
  }

  const compute = binary(0);
  if (at < tokens.length) throw refuse();
  return { compute, ids };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const token = new RegExp(TOKEN);
  const trimmed = text.trimEnd();
  while (token.lastIndex < trimmed.length) {
    const from = token.lastIndex;
    const [, found] = token.exec(trimmed) ?? [];
    if (found === undefined)
      throw new AwsError('ValidationError', `Error in expression '${text}': unexpected '${trimmed.slice(from)}'`);
    tokens.push(found);
  }
  return tokens;
}

function finite(a: Datapoint, b: Datapoint, operate: (a: number, b: number) => number): Datapoint {
  if (a === undefined || b === undefined) return undefined;
  const result = operate(a, b);
  return Number.isFinite(result) ? result : undefined;
}
