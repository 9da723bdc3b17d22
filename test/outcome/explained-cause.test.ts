// The cause that Step Functions shows: bounded, with the reason and the next step at its end.
import fc from 'fast-check';
import { explainedCause } from '../../lambdas/core/outcome/explained-cause.ts';
import { type Explanation, MAXIMUM_EXPLANATION_CHARACTERS } from '../../state-machine/contract/explanation.ts';
import { MAXIMUM_CAUSE_BYTES } from '../../state-machine/contract/outcome.ts';
import { codePoint } from '../setup/code-point.ts';

const explanation: Explanation = {
  cause: 'outOfMemory',
  summary: 'It was killed.',
  nextStep: 'More memory.',
  evidence: [],
};

test('what happened, why, what to do', () => {
  expect(explainedCause('The endpoint failed.', explanation)).toBe(
    'The endpoint failed.\nWhy (outOfMemory): It was killed.\nWhat to do: More memory.',
  );
});

test('a rejection speaks for itself', () => {
  expect(explainedCause('a: b', { ...explanation, cause: 'requestRejected' })).toBe('a: b');
});

test('where there is room for less than 100 bytes of what happened, the explanation stands alone', () => {
  const of = (bytes: number) => {
    const why = { ...explanation, summary: '', nextStep: '' };
    const around = Buffer.byteLength(explainedCause('', why));
    const nextStep = 'x'.repeat(MAXIMUM_CAUSE_BYTES - around - bytes);
    return explainedCause('happened '.repeat(400), { ...why, nextStep });
  };
  expect(of(100)).toMatch(/^(happened )+.*…\nWhy /);
  expect(of(99)).toMatch(/^Why \(outOfMemory\): \nWhat to do: x+$/);
});

test('a long cause is cut, its explanation is not', () => {
  const text = fc.oneof(
    fc.string({ unit: codePoint, maxLength: 500 }),
    fc.constantFrom('\u6f22'.repeat(500), 'x'.repeat(500)),
  );
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 10 }), (summary, nextStep, times) => {
      const why = { ...explanation, summary: summary.toWellFormed(), nextStep: nextStep.toWellFormed() };
      expect(why.summary.length).toBeLessThanOrEqual(MAXIMUM_EXPLANATION_CHARACTERS);
      const cause = explainedCause('\u6f22 happened. '.repeat(100 * times), why);
      expect(Buffer.byteLength(cause)).toBeLessThanOrEqual(MAXIMUM_CAUSE_BYTES);
      const whole = `Why (outOfMemory): ${why.summary}\nWhat to do: ${why.nextStep}`;
      if (Buffer.byteLength(whole) < MAXIMUM_CAUSE_BYTES - 200) expect(cause.endsWith(whole)).toBe(true);
    }),
  );
});
