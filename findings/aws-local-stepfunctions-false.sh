#!/bin/sh
# aws-local-stepfunctions 3.0.0: a choice rule with IsPresent, IsNull, IsNumeric, IsString, IsBoolean or IsTimestamp set to false
# never matches, and a Pass state whose Result is false, 0, "" or null answers its input.
#
# Expected: the Amazon States Language (states-language.net/spec.html, and the developer guide's pages on the Choice and Pass
#   states): {"Variable": "$.a", "IsPresent": false} matches an input without "a"; a Pass state's Result is its output.
# Seen: with true each test is right, with false it answers "no match" for every input, and the default branch is taken. Result
#   is passed over where it counts as false in JavaScript; with a ResultPath the input is put there. A test that runs the
#   machine locally walks another path than production, and says nothing. Negating works: {"Not": {..., "IsPresent": true}}.
#   Two more differences: States.StringSplit takes several delimiters as one text (AWS splits at each of their characters), and
#   States.Base64Decode reads Latin-1 (AWS reads UTF-8).
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Node 22 or later and npm's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts aws-local-stepfunctions@3.0.0 >/dev/null || exit 2

cat > walk.js <<'JAVASCRIPT'
import { StateMachine } from 'aws-local-stepfunctions';

const tests = {
  IsPresent: { holds: { a: 1 }, fails: {} },
  IsNull: { holds: { a: null }, fails: { a: 1 } },
  IsNumeric: { holds: { a: 1 }, fails: { a: 'x' } },
  IsString: { holds: { a: 'x' }, fails: { a: 1 } },
  IsBoolean: { holds: { a: true }, fails: { a: 1 } },
  IsTimestamp: { holds: { a: '2026-01-01T00:00:00Z' }, fails: { a: 'x' } },
};

async function matches(rule, input) {
  const definition = {
    StartAt: 'Choose',
    States: {
      Choose: { Type: 'Choice', Choices: [{ ...rule, Next: 'Matched' }], Default: 'Otherwise' },
      Matched: { Type: 'Pass', Result: 'matched', End: true },
      Otherwise: { Type: 'Pass', Result: 'otherwise', End: true },
    },
  };
  return new StateMachine(definition).run(input).result;
}

async function evaluate(text, input) {
  const value = { Type: 'Pass', Parameters: { 'value.$': text }, OutputPath: '$.value', End: true };
  try {
    return await new StateMachine({ StartAt: 'Value', States: { Value: value } }).run(input).result;
  } catch (error) {
    return error.name;
  }
}

let changed = 0;
function check(what, right, seen, found) {
  console.log(`${what}: ${JSON.stringify(found)}; Step Functions: ${JSON.stringify(right)}`);
  if (JSON.stringify(found) !== JSON.stringify(seen)) {
    console.log(`  NEW: it was ${JSON.stringify(seen)}`);
    changed = 1;
  }
}

for (const [operator, { holds, fails }] of Object.entries(tests)) {
  const yes = { Variable: '$.a', [operator]: true };
  const no = { Variable: '$.a', [operator]: false };
  check(`${operator} true of ${JSON.stringify(holds)}`, 'matched', 'matched', await matches(yes, holds));
  check(`${operator} false of ${JSON.stringify(fails)}`, 'matched', 'otherwise', await matches(no, fails));
  check(`not ${operator} true of ${JSON.stringify(fails)}`, 'matched', 'matched', await matches({ Not: yes }, fails));
}
for (const result of [false, 0, '', null, 1]) {
  const definition = { StartAt: 'Say', States: { Say: { Type: 'Pass', Result: result, End: true } } };
  const found = await new StateMachine(definition).run({ a: 1 }).result;
  check(`Pass with Result ${JSON.stringify(result)} of {"a":1}`, result, result === 1 ? 1 : { a: 1 }, found);
}
check('StringSplit of 1,2;3', ['1', '2', '3'], ['1,2;3'], await evaluate("States.StringSplit('1,2;3', ',;')", {}));
check('Base64Decode of w7w=', 'ü', '\u00c3\u00bc', await evaluate("States.Base64Decode('w7w=')", {}));
process.exit(changed);
JAVASCRIPT
node walk.js
