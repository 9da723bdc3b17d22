// Where a sweep begins: further on each time, and nothing is lost or passed over.
import { inTurn } from '../../lambdas/core/in-turn.ts';

const MINUTE = 60_000;
const list = Array.from({ length: 1_000 }, (_, index) => index);
const sweep = (number: number) => new Date(number * 5 * MINUTE);

test('each sweep begins 200 further on, and goes once around', () => {
  expect([0, 1, 2, 4, 5, 6].map((number) => inTurn(list, sweep(number))[0])).toEqual([0, 200, 400, 800, 0, 200]);
  expect(inTurn(list, sweep(4)).slice(199, 202)).toEqual([999, 0, 1]);
  for (const number of [0, 3, 7]) expect(inTurn(list, sweep(number)).sort((a, b) => a - b)).toEqual(list);
});

test('two within five minutes begin at the same place', () => {
  expect(inTurn(list, new Date(sweep(8).getTime() - 1))).toEqual(inTurn(list, sweep(7)));
});

test('a short list, and none, are gone through whole', () => {
  expect(inTurn(['a', 'b', 'c'], sweep(1))).toEqual(['c', 'a', 'b']);
  expect(inTurn([], sweep(3))).toEqual([]);
});
