// Makes a Lambda handler of WakeRollout; whom an event woke is logged.
import middy from '@middy/core';
import type { Woken } from '../core/waiting/wait-results.ts';
import { beginRun } from './function-run.ts';
import { logger } from './instruments.ts';

export function wakeHandler(wakeRollout: (event: unknown) => Promise<Woken>) {
  return middy<unknown, Woken>().handler(async (event, context) => {
    beginRun(() => context.getRemainingTimeInMillis());
    logger.addContext(context);
    const woken = await wakeRollout(event);
    // Most events are of endpoints that nobody waits for.
    if (woken.rolloutId !== null) logger.info('Woken', { ...woken });
    return woken;
  });
}
