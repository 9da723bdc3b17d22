// The sweeper over ten thousand leases: what it costs, that it finds all who are over and nobody else, and that it ends in time.
import fc from 'fast-check';
import { aRollout } from '../lease/a-rollout.ts';
import { runs } from '../setup/runs.ts';
import { Fleet } from './a-fleet.ts';

const MINUTE = 60_000;
const MANY = 10_000;
/** A call that AWS never answers lasts three times 15 s. */
const UNANSWERED = 45_000;

/** `rollout-7` owns the lease of `endpoint-7`. */
function fleetOf(count: number): Fleet {
  const fleet = new Fleet();
  for (let index = 0; index < count; index += 1) fleet.rollout(`rollout-${index}`, `endpoint-${index}`);
  fleet.now += 30 * MINUTE;
  return fleet;
}
const names = (indices: number[]) => indices.map((index) => `rollout-${index}`);
const everyOne = (count: number) => names(Array.from({ length: count }, (_, index) => index));

/** Every five minutes, what it starts coming to its end in between, until it leaves nothing. */
async function sweepUntilDone(fleet: Fleet, most: number, between = () => fleet.recover()) {
  const recovered: string[] = [];
  for (let sweeps = 1; sweeps <= most; sweeps += 1) {
    const swept = await fleet.sweep();
    expect(swept.remaining).toBeGreaterThan(UNANSWERED);
    recovered.push(...between());
    if (swept.left === 0) return { recovered, sweeps };
    fleet.now = (Math.floor(fleet.now / (5 * MINUTE)) + 1) * 5 * MINUTE;
  }
  throw new Error(`${most} sweeps were not enough.`);
}

test('ten thousand that run cost ten calls of ListExecutions, and none of DescribeExecution', async () => {
  const fleet = fleetOf(MANY);
  const { remaining, ...swept } = await fleet.sweep();
  expect(swept).toEqual({ recovered: [], restarted: [], left: 0 });
  expect([fleet.count('ListExecutions RUNNING'), fleet.calls.length]).toEqual([10, 13]);
  expect(remaining).toBeGreaterThan(290_000);
}, 60_000);

test('where no lease is in use nobody is listed as running', async () => {
  const fleet = new Fleet();
  await fleet.sweep();
  expect(fleet.calls.map(({ input }) => input.statusFilter)).toEqual(['ABORTED', 'TIMED_OUT', 'FAILED']);
});

test('those among ten thousand who are over are described, and no others: owners and who waits', async () => {
  const fleet = fleetOf(MANY);
  fleet.rollout('waiting', 'endpoint-5');
  fleet.rollout('waiting-and-over', 'endpoint-5');
  const over = [...names([3, 4_711, 9_999]), 'waiting-and-over'];
  for (const name of over) fleet.end(name);
  const { recovered } = await fleet.sweep();
  expect(recovered.sort()).toEqual(over.sort());
  expect(fleet.count('DescribeExecution')).toBe(over.length);
  expect(fleet.recover().sort()).toEqual(over.sort());
}, 60_000);

test('one that Step Functions has forgotten is recovered', async () => {
  const fleet = fleetOf(2);
  fleet.executions.delete('rollout-1');
  expect(await fleet.sweep()).toMatchObject({ recovered: ['rollout-1'] });
});

test('a whole fleet that is stopped at once is recovered part by part, each one once, within the rate of DescribeExecution', async () => {
  const fleet = fleetOf(MANY);
  for (const name of everyOne(MANY)) fleet.end(name);
  const { recovered, sweeps } = await sweepUntilDone(fleet, 30, () => {
    const described = fleet.calls.filter(({ operation }) => operation === 'DescribeExecution').map(({ at }) => at);
    // A bucket of 250 that gets 10 a second; the half of it is for others.
    for (let index = 100; index < described.length; index += 1)
      expect(described[index]! - described[index - 10]!).toBeGreaterThanOrEqual(index < 110 ? 400 : 2_000);
    return fleet.recover();
  });
  expect(recovered.sort()).toEqual(everyOne(MANY).sort());
  expect(sweeps).toBe(16);
}, 300_000);

test('a description that is throttled is asked for again, and not for ever', async () => {
  const fleet = fleetOf(50);
  for (const name of everyOne(50)) fleet.end(name);
  fleet.throttles = (times) => times % 5 !== 0;
  const { recovered, left, remaining } = await fleet.sweep();
  expect(recovered.length + left).toBe(50);
  expect(recovered.length).toBeGreaterThan(10);
  expect(remaining).toBeGreaterThan(UNANSWERED);
  fleet.throttles = () => true;
  const begunAt = fleet.now;
  await expect(fleet.sweep()).rejects.toMatchObject({ name: 'Throttled' });
  expect([fleet.count('DescribeExecution'), fleet.now - begunAt < 10_000]).toEqual([5, true]);
  fleet.throttles = () => false;
  await fleet.sweep();
  expect(fleet.recover().sort()).toEqual(everyOne(50).sort());
});

test('who cannot be recovered yet does not keep the sweeper from the others for ever', async () => {
  const fleet = new Fleet();
  // Their recoveries failed, and are tried again in an hour; the sweeper looks at them all the same.
  for (let index = 0; index < 2_000; index += 1)
    fleet.rollout(`recover-1-stuck-${index}`, `a-${index}`, aRollout(`stuck-${index}`));
  for (let index = 0; index < 20; index += 1) fleet.rollout(`rollout-${index}`, `b-${index}`);
  for (const name of fleet.executions.keys()) fleet.end(name, 'FAILED');
  const recovered: string[] = [];
  for (let sweeps = 0; sweeps < 11; sweeps += 1) {
    await fleet.sweep();
    recovered.push(...fleet.recover());
    fleet.now = (Math.floor(fleet.now / (5 * MINUTE)) + 1) * 5 * MINUTE;
  }
  expect(recovered.sort()).toEqual(everyOne(20).sort());
}, 60_000);

test('forgotten uploads, and executions that nobody was told of, are taken up part by part as well', async () => {
  const fleet = new Fleet();
  const many = 3_000;
  for (let index = 0; index < many; index += 1) {
    const key = `models/endpoint-${index}/1/model.tar.gz`;
    const lastModified = new Date(fleet.now).toISOString();
    fleet.uploads.push({ bucket: 'bucket', key, versionId: 'v', sizeBytes: 1, lastModified });
    fleet.begin(`rollout-${index}`, { endpointName: `endpoint-${index}` });
    fleet.end(`rollout-${index}`);
  }
  fleet.now += 40 * MINUTE;
  const begun = new Set<string>();
  const { recovered } = await sweepUntilDone(fleet, 60, () => {
    for (const { name, input } of fleet.executions.values()) {
      if (!name.startsWith('upload-') || begun.has(name)) continue;
      begun.add(name);
      fleet.told.add((input as { detail: { object: { key: string } } }).detail.object.key);
    }
    return fleet.recover();
  });
  expect(recovered.sort()).toEqual(everyOne(many).sort());
  expect(begun.size).toBe(many);
}, 300_000);

test('where more uploads have to be asked after than there is time for, the last of them is found as well', async () => {
  const fleet = new Fleet();
  const lastModified = new Date(fleet.now).toISOString();
  // Each costs a question to the ledger, of 10 ms.
  for (let index = 0; index < 5 * MANY; index += 1) {
    const key = `models/endpoint-${index}/1/model.tar.gz`;
    fleet.uploads.push({ bucket: 'bucket', key, versionId: 'v', sizeBytes: 1, lastModified });
    if (index % MANY !== MANY - 1) fleet.told.add(key);
  }
  fleet.now += 40 * MINUTE;
  const restarted = new Set<string>();
  for (let sweeps = 0; sweeps < 6; sweeps += 1) {
    const swept = await fleet.sweep();
    expect(swept.left).toBeGreaterThan(20_000);
    for (const key of swept.restarted) restarted.add(key);
    fleet.now = (Math.floor(fleet.now / (5 * MINUTE)) + 1) * 5 * MINUTE;
  }
  expect(restarted.size).toBe(5);
}, 60_000);

test('whoever runs is never recovered, whatever begins and ends during a sweep and however late the lists are', async () => {
  const deed = fc.record({ kind: fc.constantFrom('begin', 'stop', 'leave', 'nothing'), which: fc.nat(11) });
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { maxLength: 60 }), fc.constantFrom(0, 1_000, MINUTE), async (deeds, lag) => {
      const fleet = fleetOf(6);
      fleet.lag = lag;
      let begun = 100;
      const coming = [...deeds];
      fleet.meanwhile = () => {
        const { kind, which } = coming.shift() ?? { kind: 'nothing', which: 0 };
        const running = [...fleet.executions.values()].filter(
          ({ name, status }) => name.startsWith('rollout-') && status === 'RUNNING',
        );
        const one = running[which % Math.max(1, running.length)]?.name;
        if (kind === 'begin') {
          begun += 1;
          fleet.rollout(`rollout-${begun}`, `endpoint-${which}`);
        } else if (one !== undefined && kind === 'stop') fleet.end(one);
        else if (one !== undefined && kind === 'leave') {
          fleet.leave(one);
          fleet.end(one, 'SUCCEEDED');
        }
      };
      const startedFor = () =>
        fleet.calls
          .filter(({ operation }) => operation === 'StartExecution')
          .map(({ input }) => (JSON.parse(String(input.input)) as { rolloutId: string }).rolloutId);
      for (let sweeps = 0; sweeps < 4; sweeps += 1) {
        await fleet.sweep();
        // None of them is ever started again, so whoever runs now ran then.
        for (const rolloutId of startedFor()) expect(fleet.executions.get(rolloutId)!.status).toBe('ABORTED');
        fleet.recover();
        fleet.now += 5 * MINUTE;
      }
      coming.length = 0;
      await fleet.sweep();
      fleet.recover();
      const held = [...fleet.leases.values()].flatMap(({ owner, waiting }) =>
        [owner, ...waiting].flatMap((holder) => holder?.rollout.rolloutId ?? []),
      );
      for (const rolloutId of held) expect(fleet.executions.get(rolloutId)!.status).toBe('RUNNING');
    }),
    { numRuns: runs(150) },
  );
}, 120_000);

describe('the event of an execution that ended', () => {
  test('is about that one alone, at the price of two calls of Step Functions, even while it is listed as running', async () => {
    const fleet = fleetOf(MANY);
    for (const name of names([7, 8])) fleet.end(name);
    fleet.lag = MINUTE;
    expect(await fleet.sweepAfter('rollout-7')).toMatchObject({ recovered: ['rollout-7'], left: 0 });
    expect(fleet.calls.map(({ operation }) => operation)).toEqual(['DescribeExecution', 'StartExecution']);
    expect(fleet.recover()).toEqual(['rollout-7']);
  });

  test('leaves alone who runs again, who came to an end, and who is not known', async () => {
    const fleet = fleetOf(3);
    fleet.end('rollout-1', 'FAILED');
    fleet.leave('rollout-1');
    for (const name of ['rollout-0', 'rollout-1', 'rollout-none'])
      expect(await fleet.sweepAfter(name)).toMatchObject({ recovered: [] });
    expect(fleet.recover()).toEqual([]);
  });

  test('has one recovered that waits, and one told of that no lease knows', async () => {
    const fleet = fleetOf(2);
    fleet.rollout('waiting', 'endpoint-1');
    fleet.begin('early', { endpointName: 'endpoint-1' });
    fleet.begin('nameless', { colour: 'blue' });
    for (const name of ['waiting', 'early', 'nameless']) {
      fleet.end(name);
      expect(await fleet.sweepAfter(name)).toMatchObject({ recovered: [name] });
      expect(await fleet.sweepAfter(name)).toMatchObject({ recovered: [] });
    }
    expect([...fleet.executions.keys()].slice(-3)).toEqual([
      'recover-1-waiting',
      'recover-0h-early',
      'recover-0h-nameless',
    ]);
  });

  test('of a recovery has it tried again at once if it was stopped, after an hour if it failed, and never one of its own', async () => {
    const fleet = new Fleet();
    fleet.rollout('recover-0-stopped', 'iris', aRollout('stopped'));
    fleet.end('recover-0-stopped', 'FAILED');
    expect(await fleet.sweepAfter('recover-0-stopped')).toMatchObject({ recovered: [] });
    fleet.end('recover-0-stopped', 'ABORTED');
    expect(await fleet.sweepAfter('recover-0-stopped')).toMatchObject({ recovered: ['recover-0-stopped'] });
    fleet.begin('recover-0h-other', { action: 'recover', rolloutId: 'other' });
    fleet.end('recover-0h-other');
    expect(await fleet.sweepAfter('recover-0h-other')).toMatchObject({ recovered: [] });
  });

  test('tells nothing of a rollout that another one recovers', async () => {
    const fleet = new Fleet();
    fleet.begin('stopped', { endpointName: 'iris' });
    fleet.end('stopped');
    fleet.rollout('recover-0-stopped', 'iris', aRollout('stopped'));
    expect(await fleet.sweepAfter('stopped')).toMatchObject({ recovered: [] });
    expect(await fleet.sweep()).toMatchObject({ recovered: [] });
  });
});
