// Any set of variants after any other, with any weights, and a failure anywhere: it is as wanted, or exactly as it was.
import fc from 'fast-check';
import type { StepName } from '../../state-machine/contract/steps.ts';
import { runs } from '../setup/runs.ts';
import { RolloutAccount } from './rollout-account.ts';
import { alarms, instances, linear, live, scaled, type Wanted, wish } from './several-variants.ts';

const sha = (number: number) => String(number).repeat(64);
const anyVariant = fc.tuple(
  fc.integer({ min: 1, max: 4 }).map(sha),
  fc.constantFrom(0, 1, 2, 7),
  fc.constantFrom(instances(2), instances(3), scaled),
);
const anySet: fc.Arbitrary<Wanted> = fc
  .dictionary(fc.constantFrom('a', 'b', 'c'), anyVariant, { minKeys: 1, maxKeys: 3, noNullPrototype: true })
  .filter((set) => Object.values(set).some(([, weight]) => weight > 0)) as fc.Arbitrary<Wanted>;

const FAILING: StepName[] = ['ShiftWeights', 'SendVariantTraffic', 'CheckEndpoint', 'RegisterScaling', 'RunCanary'];

const weightsOf = (set: Wanted) => Object.fromEntries(Object.entries(set).map(([name, [, weight]]) => [name, weight]));

/** All that is alive, but for the instances of variants that scale: what was raised for a share is for scaling to take. */
function withoutScaled(from: RolloutAccount | ReturnType<RolloutAccount['alive']>, set: Wanted): unknown {
  const alive = from instanceof RolloutAccount ? from.alive() : from;
  return JSON.parse(
    JSON.stringify(alive, (_key, value) => {
      if (set[value?.VariantName]?.[2]?.scaling == null) return value;
      const { CurrentInstanceCount: _current, DesiredInstanceCount: _desired, ...rest } = value;
      return rest;
    }),
  );
}

test('a rollout ends with what is wanted, or with what there was', async () => {
  const scenario = fc.record({
    before: anySet,
    wanted: anySet,
    strategy: fc.constantFrom({}, { strategy: linear, alarms }),
    scaledTo: fc.constantFrom(null, 5, 8),
    fails: fc.option(fc.tuple(fc.constantFrom(...FAILING), fc.integer({ min: 1, max: 4 }))),
    staleMilliseconds: fc.constantFrom(0, 0, 45_000),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ before, wanted, strategy, scaledTo, fails, staleMilliseconds }) => {
      const account = new RolloutAccount({ staleness: { describeMs: staleMilliseconds } });
      expect(await account.rollOut(wish(before))).toMatchObject({ cause: null, succeeded: true });
      for (const [name, [, , of]] of Object.entries(before))
        if (scaledTo !== null && of?.scaling != null) {
          account.hosting.autoScale('iris', name, scaledTo);
          await account.pass(600_000);
        }
      await account.pass(600_000);
      const [was, had] = [account.alive(), await live(account)];
      let left = fails?.[1] ?? 0;
      account.beforeTask = (step) => {
        if (step !== fails?.[0]) return;
        left -= 1;
        if (left === 0) throw Object.assign(new Error('somehow'), { name: 'CallRefused' });
      };
      const run = await account.rollOut(wish(wanted, strategy));
      const outcome = run.outcome?.outcome;
      if (outcome === 'rejected') expect(account.alive()).toEqual(was);
      else if (outcome === 'rolledBack') {
        await account.pass(3_600_000);
        expect(run.error).toBe('CallRefused');
        expect(withoutScaled(account, before)).toEqual(withoutScaled(was, before));
        const now = await live(account);
        for (const [name, [, count = 0]] of Object.entries(had)) expect(now[name]![1]).toBeGreaterThanOrEqual(count);
      } else {
        expect([outcome, run.cause]).toEqual([expect.stringMatching(/^(deployed|unchanged)$/), null]);
        await account.pass(600_000);
        const now = await live(account);
        expect(Object.fromEntries(Object.entries(now).map(([name, [weight]]) => [name, weight]))).toEqual(
          weightsOf(wanted),
        );
        account.beforeTask = () => {};
        expect(await account.rollOut(wish(wanted, strategy))).toMatchObject({ outcome: { outcome: 'unchanged' } });
      }
    }),
    { numRuns: runs(120) },
  );
}, 240_000);
