// A new fleet is judged only where enough reached it, and never passes with a wrong answer.
import fc from 'fast-check';
import { MINIMUM_REQUESTS } from '../../lambdas/core/guardrails/fleet-alarms.ts';
import { fleetVerdict } from '../../lambdas/core/guardrails/fleet-verdict.ts';

const fleet = { endpointName: 'iris', variantName: 'primary', endpointConfigName: 'iris-c-new' };
const traffic = { sent: 40, failed: 3, compared: 20, wrong: 0, mismatches: [] };

test('it passes exactly where at least the minimum reached it, and no golden answer was wrong', () => {
  fc.assert(
    fc.property(fc.nat(30), fc.option(fc.nat(3)), (invocations, wrong) => {
      const {
        verdict,
        failure,
        invocations: counted,
      } = fleetVerdict(fleet, invocations, wrong === null ? null : { ...traffic, wrong });
      const isGood = invocations >= MINIMUM_REQUESTS && (wrong ?? 0) === 0;
      expect([verdict, counted]).toEqual([isGood ? 'passed' : 'failed', invocations]);
      expect(failure?.Error).toBe(isGood ? undefined : 'CanaryFailed');
    }),
  );
});

test('a wrong answer is told before a want of requests, with what was different', () => {
  const mismatches = ['$ is 1 instead of 2', '$ is 3 instead of 4'];
  for (const invocations of [0, 1000]) {
    const cause = fleetVerdict(fleet, invocations, { ...traffic, wrong: 2, mismatches }).failure?.Cause;
    expect(cause).toMatch(/iris answered 2 of 20 .*\$ is 1 instead of 2 \$ is 3 instead of 4$/);
  }
});

test('a want of requests is told with what was counted, and what was sent', () => {
  const cause = (of: typeof traffic | null) => fleetVerdict(fleet, 9, of).failure?.Cause;
  expect(cause(null)).toMatch(/iris \(iris-c-new\) had 9 invocations.*No golden request was sent/);
  expect(cause(traffic)).toMatch(/40 golden requests were sent, 3 of which failed/);
});
