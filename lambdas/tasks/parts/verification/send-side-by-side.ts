// Sends golden requests side by side, as long as there is time for them.
import type { Clock } from '../../../ports/clock.ts';

/** Few enough not to be a load of their own on two instances. */
const AT_ONCE = 8;
/** Room in the function's three minutes for the last answers, of 60 s at most. */
const TIME_TO_SEND_MILLISECONDS = 60_000;

/** `send` is given the number of each request, from 0. Rejects as the first of them does. */
export async function sendSideBySide(
  clock: Clock,
  requests: number,
  send: (number: number) => Promise<void>,
): Promise<void> {
  const until = clock.now().getTime() + TIME_TO_SEND_MILLISECONDS;
  let begun = 0;
  const sendOn = async () => {
    while (begun < requests && clock.now().getTime() < until) await send(begun++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOn));
}
