// The contract's types in Python, for the client there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PYTHON_TYPES, pythonTypes } from '../../scripts/python-types.ts';

const types = pythonTypes();

test('the committed types are those that the contract gives: npm run generate', () => {
  expect(readFileSync(join(import.meta.dirname, '../..', PYTHON_TYPES), 'utf8')).toBe(types);
});

test('what may be left out, what is one of several, and what Python has no names for', () => {
  expect(types).toContain('class OutcomeProblems(TypedDict):\n    where: str\n    message: str\n');
  expect(types).toContain('\n    verified: Literal["golden", "answered", "healthOnly"] | None\n');
  expect(types).toContain('\n    change: NotRequired[OutcomeChange]\n');
  expect(types).toContain(`        "from": "str | None",\n        "to": "str | None",\n`);
  expect(types).toMatch(/"hosting": "NotRequired\[RolloutRequestHostingRealtime \| RolloutRequestHostingServerless \|/);
});

test('each type is there before who needs it, and once', () => {
  const names = [...types.matchAll(/^(?:class )?(\w+)(?:\(TypedDict\):| = TypedDict\()$/gm)].map(([, name]) => name!);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toEqual(expect.arrayContaining(['RolloutRequest', 'Outcome', 'Release']));
  for (const [used] of types.matchAll(/\b(?:RolloutRequest|Outcome|Release)[A-Z]\w*/g)) expect(names).toContain(used);
});
