// Tags of an endpoint become what its author wants, and nothing else is touched.
import fc from 'fast-check';
import { ROLLOUT_TAG, STACK_TAG } from '../../lambdas/core/naming/ownership-tags.ts';
import { tagChange } from '../../lambdas/core/naming/tag-change.ts';
import { runs } from '../setup/runs.ts';

const notTheirs = [STACK_TAG, ROLLOUT_TAG, 'aws:cloudformation:stack-id'];
const theirs = ['team', 'cost', 'my-aws:', 'toString'];
const someTags = fc.dictionary(fc.constantFrom(...theirs, ...notTheirs), fc.constantFrom('a', 'b', ''));

test('whatever is wanted and whatever is there', () => {
  fc.assert(
    fc.property(someTags, someTags, (wanted, live) => {
      const change = tagChange(wanted, live);
      const after = { ...live, ...change?.set };
      for (const key of change?.remove ?? []) delete after[key];
      const of = (tags: Record<string, string>, keys: string[]) =>
        keys.flatMap((key) => (Object.hasOwn(tags, key) ? [[key, tags[key]]] : []));
      expect(of(after, theirs)).toEqual(of(wanted, theirs));
      expect(of(after, notTheirs)).toEqual(of(live, notTheirs));
      // Nothing is written that is so already, and no call is made for nothing.
      expect(Object.entries(change?.set ?? {}).filter(([key, value]) => live[key] === value)).toEqual([]);
      expect((change?.remove ?? []).filter((key) => !Object.hasOwn(live, key))).toEqual([]);
      const isAlready = JSON.stringify(of(live, theirs)) === JSON.stringify(of(wanted, theirs));
      expect(change === null).toBe(isAlready);
    }),
    { numRuns: runs(500) },
  );
});
