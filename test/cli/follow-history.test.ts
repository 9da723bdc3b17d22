// Every event once and in order, however the pages are cut and whatever a look lags behind.
import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { changeLine } from '../../cli/terminal/change-line.ts';
import { watch } from '../../client/history/watch.ts';
import { runs } from '../setup/runs.ts';
import { EXECUTION_ARN, recordedHistory } from './recorded-history.ts';
import { good } from './rollout-script.ts';

interface Look {
  /** How many of the events are there by then, and one of them that a lagging read leaves out. */
  visible: number;
  missing: number | null;
}

/** Answers the newest events first, in pages of the given sizes; each look sees what it is told to, the last everything. */
function stepFunctions(events: HistoryEvent[], looks: Look[], pageSizes: number[]) {
  const rest = [...looks];
  let seen: HistoryEvent[] = [];
  let page = 0;
  const calls: number[] = [];
  const send = async (command: unknown) => {
    if (!(command instanceof GetExecutionHistoryCommand)) throw new Error('Unexpected call');
    const { executionArn, reverseOrder, nextToken } = command.input;
    expect([executionArn, reverseOrder]).toEqual([EXECUTION_ARN, true]);
    if (nextToken === undefined) {
      const { visible, missing } = rest.shift() ?? { visible: events.length, missing: null };
      seen = events.slice(0, visible).filter(({ id }) => id !== missing);
      calls.push(0);
    }
    calls[calls.length - 1]! += 1;
    const from = Number(nextToken ?? 0);
    const to = from + pageSizes[page++ % pageSizes.length]!;
    const answer = seen.toReversed().slice(from, to);
    return { events: answer, ...(to < seen.length ? { nextToken: String(to) } : {}) };
  };
  return { client: { send } as unknown as SFNClient, calls };
}

async function lines(client: SFNClient): Promise<string[]> {
  const told: string[] = [];
  let startedAt: Date | undefined;
  for await (const change of watch(client, EXECUTION_ARN, { pollSeconds: 0 })) {
    startedAt ??= change.at;
    told.push(`${change.type} ${changeLine(change, startedAt) ?? ''}`);
  }
  return told;
}

test('pages in any split, looks at any time and reads that lag tell the same', async () => {
  const events = await recordedHistory(good);
  const expected = await lines(stepFunctions(events, [], [1000]).client);
  expect(expected).toHaveLength(2 + 2 * events.filter(({ type }) => type!.endsWith('StateEntered')).length);
  const look = fc.record({
    visible: fc.integer({ min: 0, max: events.length }),
    missing: fc.option(fc.integer({ min: 1, max: events.length })),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(look, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
      async (looks, pageSizes) => {
        expect(await lines(stepFunctions(events, looks, pageSizes).client)).toEqual(expected);
      },
    ),
    { numRuns: runs(200) },
  );
  // A second on an idle machine.
}, 30_000);

test('a look at a long history reads no further back than the last one', async () => {
  const events = await recordedHistory(good);
  const looks = events.map((_, index) => ({ visible: index + 1, missing: null }));
  const { client, calls } = stepFunctions(events, looks, [4]);
  await lines(client);
  // One new event at each look: never a second page.
  expect(calls).toEqual(events.map(() => 1));
});

test('an abort ends it at once', async () => {
  const events = await recordedHistory(good);
  const { client } = stepFunctions(events, Array(50).fill({ visible: 10, missing: null }), [1000]);
  const abort = new AbortController();
  const watching = (async () => {
    for await (const change of watch(client, EXECUTION_ARN, { pollSeconds: 60, signal: abort.signal })) {
      if (change.type === 'entered') setImmediate(() => abort.abort());
    }
  })();
  await expect(watching).rejects.toThrow('aborted');
});
