// The limits that a target has while it is verified, and how an attempt knows those of before one that broke off.
import fc from 'fast-check';
import { asBeforeHeld, sameLimits, whileVerified } from '../../lambdas/core/scaling/held-limits.ts';
import type { ScalingRecord } from '../../state-machine/contract/scaling-target.ts';

const record = (minimum: number, maximum: number): ScalingRecord => ({
  ...{ minimum, maximum, suspended: {}, policies: [], scheduledActions: [] },
});
const limits = fc
  .tuple(fc.nat({ max: 3 }), fc.nat({ max: 3 }))
  .map(([minimum, more]) => record(minimum, minimum + more));

test('an instance at least, and nothing else than before where there was one', () => {
  fc.assert(
    fc.property(limits, (before) => {
      const held = whileVerified(before);
      expect(held.minimum).toBeGreaterThanOrEqual(1);
      expect(held.maximum).toBeGreaterThanOrEqual(held.minimum);
      expect(sameLimits(held, before)).toBe(before.minimum >= 1);
      // An attempt that broke off is seen as if it had not been.
      expect(asBeforeHeld({ ...before, ...held }, before)).toMatchObject({
        ...{ minimum: before.minimum, maximum: before.maximum },
      });
    }),
  );
});

test('what something else has set stays', () => {
  expect(asBeforeHeld(record(2, 4), record(0, 4))).toMatchObject({ minimum: 2, maximum: 4 });
  expect(asBeforeHeld(record(1, 4), null)).toMatchObject({ minimum: 1 });
  expect(asBeforeHeld(null, record(0, 4))).toBeNull();
});
