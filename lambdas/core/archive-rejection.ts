// The text that a rejected rollout ends with: what `Cause` holds, in the console and in the outcome.
import type { Failure } from '../../state-machine/contract/errors.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';

/** `OutcomeSchema.cause`. */
const MAXIMUM_CAUSE_CHARACTERS = 4_000;

/** `full`: where all of the problems can be read. */
export function rejection(problems: readonly Problem[], full: string): Failure {
  const lines = problems.map(({ where, message }) => `- ${where}: ${message}`);
  const title = problems.length === 1 ? 'Rejected for 1 problem:' : `Rejected for ${problems.length} problems:`;
  const whole = [title, ...lines].join('\n');
  if (whole.length <= MAXIMUM_CAUSE_CHARACTERS) return { Error: 'RequestRejected', Cause: whole };
  // Room for the pointer: a count, and an object's key of at most 1,024 characters.
  const room = MAXIMUM_CAUSE_CHARACTERS - full.length - 60;
  const kept = [title];
  let length = title.length;
  for (const line of lines) {
    length += line.length + 1;
    if (length > room) break;
    kept.push(line);
  }
  const left = lines.length - (kept.length - 1);
  return { Error: 'RequestRejected', Cause: [...kept, `- and ${left} more, all of them in ${full}`].join('\n') };
}
