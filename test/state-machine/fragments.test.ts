// How the fragments are written: short enough to be read at once, without paths, and with names that the compiler checks.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNull, isTrue, verdictIs } from '../../state-machine/states.ts';

const folder = join(import.meta.dirname, '../../state-machine/fragments');
const fragments = readdirSync(folder);
const codeOf = (fragment: string) => readFileSync(join(folder, fragment), 'utf8');

test.each(fragments)('%s has at most 80 lines', (fragment) => {
  expect(codeOf(fragment).trimEnd().split('\n').length).toBeLessThanOrEqual(80);
});

test.each(fragments)('%s leaves paths to task-state.ts', (fragment) => {
  expect(codeOf(fragment)).not.toContain('$.');
});

test('a condition names an output, and a verdict or a field that it may have', () => {
  const conditions = [
    verdictIs('lease', 'granted'),
    isTrue('plan', 'guarded'),
    isNull('plan', 'candidate'),
    // @ts-expect-error There is no such verdict.
    verdictIs('lease', 'accepted'),
    // @ts-expect-error This output has no verdict.
    verdictIs('execution', 'granted'),
    // @ts-expect-error There is no such field.
    isTrue('plan', 'trafficMoves'),
  ];
  expect(conditions.slice(0, 3).map((condition) => condition.renderCondition())).toEqual([
    { Variable: '$.lease.verdict', StringEquals: 'granted' },
    { Variable: '$.plan.guarded', BooleanEquals: true },
    { Variable: '$.plan.candidate', IsNull: true },
  ]);
});
