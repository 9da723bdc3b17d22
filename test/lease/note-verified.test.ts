// The point of no return: the note that a model is verified and the mark of a cancellation exclude each other.
import { cancelled } from '../../lambdas/core/lease/cancellation.ts';
import { askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import { noteVerified } from '../../lambdas/tasks/parts/lease/note-verified.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { AccountPorts } from '../ports/account-ports.ts';
import { aLeaseOutput } from './a-lease-output.ts';
import { aRequest } from './a-rollout.ts';

const lease = aLeaseOutput();
const mark = { rolloutId: 'rollout-1', by: 'cancel-1', at: '2026-01-01T12:00:00.000Z' };

async function world() {
  const { ports } = new AccountPorts();
  const idle = neverLeased('iris');
  const facts = { currentVersionId: null, over: new Set<string>() };
  await ports.leases.replace(idle, askForLease(idle, aRequest('rollout-1'), facts).lease);
  const write = async (change: Partial<Lease>) => {
    const record = (await ports.leases.read('iris'))!;
    await ports.leases.replace(record, { ...record, ...change });
  };
  return { ports, write };
}

test('it is written into the lease', async () => {
  const { ports } = await world();
  expect(await noteVerified(ports, lease)).toBeNull();
  expect((await ports.leases.read('iris'))?.owner?.verifiedAt).toBe(ports.clock.now().toISOString());
});

test.each([0, 1])(
  'a cancellation that comes before it, also between look and write, is a failure (%d)',
  async (late) => {
    const { ports, write } = await world();
    if (late === 0) await write({ cancellations: [mark] });
    const replace = async (previous: Lease, next: Lease) => {
      // Somebody else writes the record at the same moment.
      if (late === 1 && previous.cancellations.length === 0) await write({ cancellations: [mark] });
      return ports.leases.replace(previous, next);
    };
    expect(await noteVerified({ ...ports, leases: { ...ports.leases, replace } }, lease)).toEqual(cancelled(mark));
    expect((await ports.leases.read('iris'))?.owner?.verifiedAt).toBeUndefined();
  },
);

test('who has lost the lease notes nothing', async () => {
  const { ports } = await world();
  await expect(noteVerified(ports, { ...lease, fencing: 9 })).rejects.toMatchObject({ name: 'LeaseLost' });
});

test('who is overtaken again and again tries later', async () => {
  const { ports } = await world();
  const leases = { ...ports.leases, replace: async () => false };
  await expect(noteVerified({ ...ports, leases }, lease)).rejects.toMatchObject({ name: 'NotReady' });
});
