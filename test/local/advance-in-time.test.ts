// The simulator of the local cloud goes on by itself: at the moment of its next change, and now and then besides.
import { advanceInTime } from '../../local/hosting-service/advance-in-time.ts';

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

/** A simulator that changes at these moments, and when it was taken on. */
function watched(changes: number[]) {
  const advanced: number[] = [];
  const simulator = {
    advance: () => void advanced.push(Date.now()),
    nextChange: () => changes.find((moment) => moment > Date.now()) ?? null,
  };
  return { advanced, end: advanceInTime(simulator) };
}

test('each change is at its moment, to the millisecond, and what nothing tells of is noticed every 200 ms', () => {
  const { advanced, end } = watched([50, 333, 334]);
  jest.advanceTimersByTime(700);
  expect(advanced).toEqual([50, 250, 333, 334, 534]);
  end();
  jest.advanceTimersByTime(10_000);
  expect(advanced).toHaveLength(5);
});

test('a change that is due and does not come about keeps nobody busy', () => {
  const advanced: number[] = [];
  const simulator = { advance: () => void advanced.push(Date.now()), nextChange: () => 0 };
  const end = advanceInTime(simulator);
  jest.advanceTimersByTime(20);
  expect(advanced.length).toBeLessThanOrEqual(20);
  end();
});
