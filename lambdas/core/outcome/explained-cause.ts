// The cause of an execution that failed, as Step Functions shows it: what happened, why, and what to do.
import type { Explanation } from '../../../state-machine/contract/explanation.ts';
import { MAXIMUM_CAUSE_BYTES } from '../../../state-machine/contract/outcome.ts';
import { cutToBytes } from '../problems/shortened.ts';

/** At most `MAXIMUM_CAUSE_BYTES`: where it has to be cut, what happened is cut, since `outcome.json` has the facts. */
export function explainedCause(cause: string, { cause: name, summary, nextStep }: Explanation): string {
  // A rejection's cause lists its problems, and says that they are to be mended.
  if (name === 'requestRejected') return cutToBytes(cause, MAXIMUM_CAUSE_BYTES);
  const why = `\nWhy (${name}): ${summary}\nWhat to do: ${nextStep}`;
  const room = MAXIMUM_CAUSE_BYTES - Buffer.byteLength(why);
  return cutToBytes(room < 100 ? why.trim() : `${cutToBytes(cause, room)}${why}`, MAXIMUM_CAUSE_BYTES);
}
