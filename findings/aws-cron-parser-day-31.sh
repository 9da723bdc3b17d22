#!/bin/sh
# aws-cron-parser 1.1.12: cron(0 9 31 * ? *) is next due on 3 March after 31 January, and cron(0 9 29 2 ? *) on 1 March.
#
# Expected: EventBridge and Application Auto Scaling, whose scheduled actions take the same expressions, run on the days that
#   the day-of-month field names, and pass over a month without such a day: 31 January, 31 March, 31 May. The package
#   parses "cron expressions used by AWS services" (its README).
# Seen: the days are counted on into the next month, without an error: a preview of a schedule shows dates on which nothing
#   runs. Days up to 28, and L, are right.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Node 20 or later and npm's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private": true, "type": "module"}' > package.json
npm install --silent --no-audit --no-fund --ignore-scripts aws-cron-parser@1.1.12 >/dev/null || exit 2

cat > due.js <<'JAVASCRIPT'
import cron from 'aws-cron-parser';

function due(expression, times) {
  const parsed = cron.parse(expression);
  const days = [];
  for (let after = new Date('2026-01-01T00:00:00Z'); days.length < times; ) {
    const next = cron.next(parsed, after);
    days.push(next.toISOString().slice(0, 10));
    after = new Date(next.getTime() + 1000);
  }
  return days.join(' ');
}

let changed = 0;
for (const [expression, right, seen] of [
  ['0 9 28 * ? *', '2026-01-28 2026-02-28 2026-03-28 2026-04-28', '2026-01-28 2026-02-28 2026-03-28 2026-04-28'],
  ['0 9 L * ? *', '2026-01-31 2026-02-28 2026-03-31 2026-04-30', '2026-01-31 2026-02-28 2026-03-31 2026-04-30'],
  ['0 9 31 * ? *', '2026-01-31 2026-03-31 2026-05-31 2026-07-31', '2026-01-31 2026-03-03 2026-03-31 2026-05-01'],
  ['0 9 29 2 ? *', '2028-02-29 2032-02-29', '2026-03-01 2027-03-01'],
]) {
  const found = due(expression, right.split(' ').length);
  console.log(`cron(${expression}): ${found}; right: ${right}`);
  if (found !== seen) {
    console.log(`    NEW: it was ${seen}`);
    changed = 1;
  }
}
process.exit(changed);
JAVASCRIPT
node due.js
