// The text that a rejected rollout ends with: what `Cause` holds, in the console and in the outcome.
import type { Failure } from '../../../state-machine/contract/errors.ts';
import { MAXIMUM_CAUSE_BYTES } from '../../../state-machine/contract/outcome.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';

/** `full`: where all of the problems can be read. */
export function rejection(problems: readonly Problem[], full: string): Failure {
  const lines = problems.map(({ where, message }) => `- ${where}: ${message}`);
  const title = problems.length === 1 ? 'Rejected for 1 problem:' : `Rejected for ${problems.length} problems:`;
  const whole = [title, ...lines].join('\n');
  if (Buffer.byteLength(whole) <= MAXIMUM_CAUSE_BYTES) return { Error: 'RequestRejected', Cause: whole };
  // Room for the pointer: a count, and an object's key of at most 1,024 bytes.
  const room = MAXIMUM_CAUSE_BYTES - Buffer.byteLength(full) - 60;
  const kept = [title];
  let bytes = title.length;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > room) break;
    kept.push(line);
  }
  const left = lines.length - (kept.length - 1);
  return { Error: 'RequestRejected', Cause: [...kept, `- and ${left} more: see ${full}`].join('\n') };
}
