// Makes a Lambda handler of AwaitChange; how a wait began is logged and counted, its token never.
import middy from '@middy/core';
import type { AnyWait } from '../../state-machine/contract/waits.ts';
import { readWait } from '../core/waiting/read-wait.ts';
import type { BegunWait } from '../core/waiting/wait-results.ts';
import { beginRun } from './function-run.ts';
import { logger, metrics } from './instruments.ts';
import { WAITS_METRIC } from './metric-names.ts';

/** What it returns is read by nobody: an answer to the token ends the wait, or its time. */
export function waitHandler(awaitChange: (given: AnyWait) => Promise<BegunWait>) {
  return middy<unknown, Pick<BegunWait, 'verdict'>>().handler(async (event, context) => {
    beginRun(() => context.getRemainingTimeInMillis());
    logger.resetKeys();
    logger.addContext(context);
    const given = readWait(event);
    logger.appendKeys({ wait: given.wait, rolloutId: given.execution.name });
    const { verdict, error } = await awaitChange(given);
    if (error === null) logger.info('Wait began', { verdict });
    else logger.warn('Wait began without its look', { verdict, error: { name: error.name, message: error.message } });
    metrics.addDimensions({ wait: given.wait, verdict });
    metrics.addMetric(WAITS_METRIC, 'Count', 1);
    metrics.publishStoredMetrics();
    return { verdict };
  });
}
