// The account of golden traffic: each answer counts once, whatever the batches, and it stays short.
import fc from 'fast-check';
import { type GoldenAnswer, nextGoldenTraffic } from '../../lambdas/core/guardrails/next-golden-traffic.ts';
import type { GoldenTraffic } from '../../state-machine/contract/guarded-update.ts';

const NOON = new Date('2026-01-01T12:00:00.000Z');

const anAnswer: fc.Arbitrary<GoldenAnswer> = fc.record({
  ok: fc.boolean(),
  mismatches: fc.option(fc.array(fc.constantFrom(...'abcdefgh'), { maxLength: 4 })),
});

test('however they come in batches, each answer counts once, and the first five differences are told once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anAnswer, { maxLength: 4 }), { minLength: 1, maxLength: 6 }), (batches) => {
      const account = batches.reduce<GoldenTraffic | null>(
        (before, batch) => nextGoldenTraffic(before, batch, NOON),
        null,
      );
      const all = batches.flat();
      const compared = all.flatMap(({ mismatches }) => (mismatches === null ? [] : [mismatches]));
      expect(account).toEqual({
        sent: all.length,
        failed: all.filter(({ ok }) => !ok).length,
        compared: compared.length,
        wrong: compared.filter((found) => found.length > 0).length,
        mismatches: [...new Set(compared.flat())].slice(0, 5),
        sentAt: NOON.toISOString(),
      });
    }),
  );
});
