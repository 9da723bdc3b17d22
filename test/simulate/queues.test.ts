// Requests that wait in the queue of an asynchronous endpoint while it changes: each is answered once.
import { judge, stage } from '../../simulate/suites/scenario.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import type { SituationName } from '../../simulate/world/situations.ts';

async function played(situation: SituationName, mayDelete = false) {
  const { stack, evidence, begin } = await stage(engineAsItIs(), situation, 1);
  await begin();
  await stack.settle();
  const violations = await judge(evidence, { mayDelete });
  const { requests } = evidence.customers!;
  return { stack, violations, requests, answers: [...evidence.customers!.answers().values()] };
}

test.each<[SituationName, number]>([
  // Six before it, four at the update, four as its model is asked; and four more at the update back.
  ['updateLiveAsync', 14],
  ['updateLiveAsyncWrong', 18],
  ['settingsOfAsync', 10],
])('of %s none is lost', async (situation, count) => {
  const { requests, answers, violations } = await played(situation);
  expect(requests).toHaveLength(count);
  expect(answers).toEqual(requests.map(() => 1));
  expect(violations).toEqual([]);
});

test('they wait while the endpoint changes', async () => {
  const { stack, begin } = await stage(engineAsItIs(), 'updateLiveAsync', 1);
  const { hosting } = stack.account;
  let most = 0;
  stack.account.watch = () => {
    if (hosting.serving('iris')?.status === 'Updating') most = Math.max(most, hosting.backlog('iris')!.waiting.length);
  };
  await begin();
  await stack.settle();
  expect(most).toBeGreaterThan(0);
});

test('with the endpoint its queue goes, and nobody counts on it any more', async () => {
  const { requests, answers, violations } = await played('retireAsync', true);
  expect(requests.every(({ isGone }) => isGone)).toBe(true);
  expect(requests.length).toBeGreaterThan(0);
  expect(answers).toEqual([]);
  expect(violations).toEqual([]);
});
