// DynamoDB's conditions, as far as this system writes them, parsed once each. Whatever else appears is refused by its name.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

export type Item = Record<string, unknown>;
type Values = Readonly<Record<string, unknown>>;
type Condition = (item: Item, values: Values) => boolean;

const parsed = new Map<string, Condition>();

export function isTrue(expression: string, item: Item, values: Values): boolean {
  let condition = parsed.get(expression);
  if (condition === undefined) {
    const parts = expression.split(' AND ').map(conditionOf);
    condition = (...given) => parts.every((part) => part(...given));
    parsed.set(expression, condition);
  }
  return condition(item, values);
}

const forms: readonly [RegExp, (name: string, value: string) => Condition][] = [
  [/^(\w+) = (:\w+)$/, (name, value) => (item, values) => item[name] === values[value]],
  [/^attribute_not_exists\((\w+)\)$/, (name) => (item) => item[name] === undefined],
  [
    /^begins_with\((\w+), (:\w+)\)$/,
    (name, value) => (item, values) => String(item[name] ?? '').startsWith(String(values[value])),
  ],
];

function conditionOf(text: string): Condition {
  for (const [form, make] of forms) {
    const [, name, value = ''] = form.exec(text.trim()) ?? [];
    if (name !== undefined) return make(name, value);
  }
  throw new Error(`The simulated DynamoDB does not know "${text.trim()}" in an expression.`);
}
