// What holds of every canary run, whatever was measured.
import fc from 'fast-check';
import { judgeCanaryInvocations } from '../../lambdas/core/canary/judge-canary.ts';

const sample = fc.record({ ok: fc.boolean(), milliseconds: fc.nat(300) });
const golden = fc.array(fc.record({ name: fc.string(), mismatches: fc.array(fc.string(), { maxLength: 4 }) }), {
  maxLength: 5,
});
const right = [{ name: 'case', mismatches: [] }];

/** The smallest measured value that at least `percent` of all do not exceed. */
const percentile = (values: number[], percent: number) =>
  Math.min(...values.filter((one) => values.filter((other) => other <= one).length >= (percent / 100) * values.length));

test('it passes exactly where enough was measured, and neither errors nor latency are above what is allowed', () => {
  const thresholds = fc.record({
    requests: fc.integer({ min: 1, max: 25 }),
    maximumErrorPercent: fc.constantFrom(0, 5, 10, 50, 100),
    maximumP99Milliseconds: fc.nat(300),
  });
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 25 }), thresholds, (samples, allowed) => {
      const times = samples.map(({ milliseconds }) => milliseconds);
      const failed = samples.filter(({ ok }) => !ok).length;
      const p99 = percentile(times, 99);
      const isGood =
        samples.length >= allowed.requests &&
        failed * 100 <= allowed.maximumErrorPercent * samples.length &&
        p99 <= allowed.maximumP99Milliseconds;
      expect(judgeCanaryInvocations(right, samples, allowed)).toMatchObject({
        verdict: isGood ? 'passed' : 'failed',
        verified: isGood ? 'golden' : null,
        requests: { sent: samples.length, failed },
        latencyMilliseconds:
          samples.length === 0 ? null : { p50: percentile(times, 50), p95: percentile(times, 95), p99 },
      });
    }),
  );
});

test('latency: as much as is allowed is allowed, a millisecond more is not', () => {
  const verdict = (milliseconds: number) =>
    judgeCanaryInvocations(right, [{ ok: true, milliseconds }], {
      ...{ requests: 1, maximumErrorPercent: 0, maximumP99Milliseconds: 100 },
    }).verdict;
  expect([verdict(100), verdict(101)]).toEqual(['passed', 'failed']);
});

test('golden cases: each counts once, at most ten differences are told, and one is enough to fail', () => {
  const thresholds = { requests: 1, maximumErrorPercent: 100, maximumP99Milliseconds: 1000 };
  fc.assert(
    fc.property(golden, (cases) => {
      const result = judgeCanaryInvocations(cases, [{ ok: true, milliseconds: 1 }], thresholds);
      const wrong = cases.filter(({ mismatches }) => mismatches.length > 0).length;
      expect(result.goldenCases).toEqual({ passed: cases.length - wrong, failed: wrong });
      expect(result.verdict).toBe(wrong > 0 ? 'failed' : 'passed');
      expect(result.verified).toBe(wrong > 0 ? null : cases.length > 0 ? 'golden' : 'healthOnly');
      // Without cases nothing of the model was verified, and its author hears what to do about it.
      expect(result.warnings.map((warning) => warning.includes('golden.json'))).toEqual(
        cases.length === 0 ? [true] : [],
      );
    }),
  );
  const mismatches = Array.from({ length: 12 }, (_, index) => `difference ${index}`);
  const told = judgeCanaryInvocations([{ name: 'many', mismatches }], [], thresholds).failure?.Cause;
  expect(told?.match(/difference \d+\.( |$)/g)).toHaveLength(10);
});
