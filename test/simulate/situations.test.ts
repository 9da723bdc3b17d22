// The situations are made of changes and ends: each ends as its name says, and is like one that stands for itself.
import { stage } from '../../simulate/suites/scenario.ts';
import { changes } from '../../simulate/world/changes.ts';
import { ends } from '../../simulate/world/ends.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { isLikeAnother, isOwnCall, situationNames, situations } from '../../simulate/world/situations.ts';

test.each(situationNames)('%s ends so while nothing fails', async (name) => {
  const { stack, evidence, begin } = await stage(engineAsItIs(), name, 1);
  await begin();
  await stack.settle();
  expect(evidence.claims.map(({ outcome }) => outcome.outcome)).toEqual([situations[name].ends]);
  // What is like another one calls something in a function of its own, or nothing of it would be played.
  expect(stack.account.calls.some(({ by }) => isOwnCall(name, by.of.name))).toBe(true);
});

test('every change and every end is played', () => {
  const played = Object.values(situations);
  expect([...new Set(played.map(({ change }) => change))].sort()).toEqual(Object.keys(changes).sort());
  const suffixes = [...new Set(situationNames.map((name) => name.slice(situations[name].change.length)))];
  expect(suffixes.sort()).toEqual(
    Object.values(ends)
      .map(({ suffix }) => suffix)
      .sort(),
  );
});

test('what is like another situation is like one that meets everything', () => {
  for (const name of situationNames) {
    const { like } = situations[name];
    if (like === null) continue;
    expect({ name, like, isThere: like in situations }).toEqual({ name, like, isThere: true });
    expect(isLikeAnother(like)).toBe(false);
  }
});
