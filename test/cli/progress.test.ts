// What is shown while something takes its time.
import { Writable } from 'node:stream';
import { progress } from '../../cli/terminal/progress.ts';

class Screen extends Writable {
  text = '';
  columns = 40;
  isTTY: boolean;
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }
  override _write(chunk: Buffer, _: string, done: () => void) {
    this.text += chunk;
    done();
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('in a log: nothing for two seconds, then a line, then one every 15 s', () => {
  const screen = new Screen(false);
  const shown = progress(screen);
  shown.under('Uploading');
  jest.advanceTimersByTime(1900);
  expect(screen.text).toBe('');
  jest.advanceTimersByTime(30_500);
  expect(screen.text.split('\n')).toEqual(['Uploading ... 2 s', 'Uploading ... 17 s', 'Uploading ... 32 s', '']);
  shown.under(null);
  jest.advanceTimersByTime(60_000);
  shown.say('done');
  shown.stop();
  expect(screen.text.split('\n')).toHaveLength(5);
  expect(jest.getTimerCount()).toBe(0);
});

test('on a terminal: one line that is replaced, cut to the width, and gone before the next', () => {
  const screen = new Screen(true);
  const shown = progress(screen);
  shown.under('Uploading a file with a name that is longer than the line');
  jest.advanceTimersByTime(3000);
  const [last] = screen.text.split('\r\u001b[2K').slice(-1);
  expect(last).toBe('Uploading a file with a name that is lo');
  expect(screen.text).not.toContain('\n');
  shown.say('done');
  expect(screen.text.endsWith('\r\u001b[2Kdone\n')).toBe(true);
  shown.stop();
});

test('a wait that has told its length is not repeated at once, and the seconds begin anew with each rollout', () => {
  const screen = new Screen(false);
  const shown = progress(screen);
  const at = new Date();
  const entered = {
    type: 'entered',
    at,
    state: 'WaitForEndpoint',
    kind: 'Wait',
    reason: 'Creating',
    waitSeconds: 20,
  } as const;
  shown.show({ type: 'started', at: new Date(at.getTime() - 3000) });
  shown.show(entered);
  jest.advanceTimersByTime(14_000);
  expect(screen.text).toBe('   3.00 s  WaitForEndpoint         20.0 s  waits: Creating\n');
  jest.advanceTimersByTime(2000);
  expect(screen.text.split('\n')).toHaveLength(3);
  shown.show({ type: 'started', at });
  shown.show(entered);
  expect(screen.text.split('\n').at(-2)).toMatch(/^ {3}0\.00 s {2}WaitForEndpoint/);
  shown.stop();
});
