#!/bin/sh
# asl-validator 4.0.0: retries and catches that Step Functions refuses pass as valid, and so do a heartbeat that is longer than
# its timeout and End on a Choice state.
#
# Expected: what the Amazon States Language rules out (states-language.net/spec.html) is an error: IntervalSeconds is positive,
#   BackoffRate at least 1, JitterStrategy FULL or NONE; States.ALL stands alone and in the last retrier and catcher; names that
#   begin with "States." are the specification's; HeartbeatSeconds is smaller than TimeoutSeconds; a Choice state has no End.
# Seen: each is valid, while the likes of them are found: a negative MaxAttempts, a TimeoutSeconds of 0, two operators in a rule.
#   A check in CI passes, and the deployment fails.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Node 20 or later and npm's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts asl-validator@4.0.0 >/dev/null || exit 2

cat > check.js <<'JAVASCRIPT'
const module_ = require('asl-validator');

const validate = module_.default ?? module_;
const task = (members) => ({
  StartAt: 'Work',
  States: {
    Work: { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:123456789012:function:work', Next: 'Done', ...members },
    Done: { Type: 'Succeed' },
  },
});
const retry = (...retriers) => task({ Retry: retriers.map((one) => ({ ErrorEquals: ['Busy'], ...one })) });
const caught = (...names) => task({ Catch: names.map((name) => ({ ErrorEquals: [name], Next: 'Done' })) });
const choice = task({});
choice.States.Work = { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'Done' }], End: true };

let changed = 0;
for (const [what, definition, right, seen] of [
  ['a retrier without settings', retry({}), true, true],
  ['MaxAttempts -1', retry({ MaxAttempts: -1 }), false, false],
  ['TimeoutSeconds 0', task({ TimeoutSeconds: 0 }), false, false],
  ['IntervalSeconds 0', retry({ IntervalSeconds: 0 }), false, true],
  ['BackoffRate 0.5', retry({ BackoffRate: 0.5 }), false, true],
  ['JitterStrategy SOME', retry({ JitterStrategy: 'SOME' }), false, true],
  ['States.ALL beside another name', retry({ ErrorEquals: ['States.ALL', 'Busy'] }), false, true],
  ['a retrier after States.ALL', retry({ ErrorEquals: ['States.ALL'] }, {}), false, true],
  ['a catcher after States.ALL', caught('States.ALL', 'Busy'), false, true],
  ['the error States.Busy', retry({ ErrorEquals: ['States.Busy'] }), false, true],
  ['HeartbeatSeconds 10, TimeoutSeconds 5', task({ HeartbeatSeconds: 10, TimeoutSeconds: 5 }), false, true],
  ['End on a Choice state', choice, false, true],
]) {
  const { isValid } = validate(definition);
  console.log(`${what}: ${isValid ? 'valid' : 'invalid'}; by the specification ${right ? 'valid' : 'invalid'}`);
  if (isValid !== seen) {
    console.log(`    NEW: it was ${seen ? 'valid' : 'invalid'}`);
    changed = 1;
  }
}
process.exit(changed);
JAVASCRIPT
node check.js
