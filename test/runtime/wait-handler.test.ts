// The handlers of waits and of events: what they are given reaches the task, and no token ever reaches a log.
import { functionRun } from '../../lambdas/runtime/function-run.ts';
import { logger, metrics } from '../../lambdas/runtime/instruments.ts';
import { waitHandler } from '../../lambdas/runtime/wait-handler.ts';
import { wakeHandler } from '../../lambdas/runtime/wake-handler.ts';
import { aWait } from '../waiting/a-wait.ts';

const context = { getRemainingTimeInMillis: () => 1_234, awsRequestId: 'request' } as never;
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  const print = (...line: unknown[]) => void printed.push(line.map(String).join(' '));
  // The logger writes to a console of its own, past the process's.
  const { console: own } = logger as unknown as { console: Console };
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
    for (const to of [console, own]) jest.spyOn(to, method).mockImplementation(print);
});
afterEach(() => {
  metrics.clearMetrics();
  jest.restoreAllMocks();
});

test.each([
  ['waits', null],
  ['changed', null],
  ['unkept', Object.assign(new Error('The ledger did not answer.'), { name: 'ServiceUnavailable' })],
] as const)('a wait that %s is logged and counted without its token', async (verdict, error) => {
  const given = aWait('WaitForEndpoint');
  const seen: unknown[] = [];
  const handler = waitHandler(async (wait) => {
    seen.push(wait, functionRun.remainingMilliseconds());
    return { verdict, error };
  });
  expect(await handler({ contractVersion: 1, ...given }, context)).toEqual({ verdict });
  expect(seen).toEqual([given, 1_234]);
  const all = printed.join('\n');
  expect(all).toContain('WaitForEndpoint');
  expect(all).toContain(verdict);
  expect(all).not.toContain(given.taskToken);
});

test('what is no wait of this machine fails, and names places alone', async () => {
  const handler = waitHandler(async () => ({ verdict: 'waits', error: null }));
  const secret = 'a token that nobody may see';
  const failed = await handler({ wait: 'WaitForGodot', taskToken: secret }, context).catch((error: Error) => error);
  expect(failed).toBeInstanceOf(Error);
  expect(`${(failed as Error).message} ${printed.join('\n')}`).not.toContain(secret);
});

test('whom an event wakes is logged; that nobody waits is not', async () => {
  const woken = { endpointName: 'iris', rolloutId: 'rollout-1' as string | null };
  const handler = wakeHandler(async () => woken);
  expect(await handler({ detail: {} }, context)).toEqual(woken);
  expect(printed.join('\n')).toContain('rollout-1');
  printed = [];
  woken.rolloutId = null;
  await handler({ detail: {} }, context);
  expect(printed).toEqual([]);
});
