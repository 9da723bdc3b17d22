// Makes a Lambda handler of the sweeper; what it found is logged and counted.
import middy from '@middy/core';
import type { SweepResult } from '../core/recovery/sweep-result.ts';
import { beginRun } from './function-run.ts';
import { logger, metrics } from './instruments.ts';
import { SWEPT_METRIC } from './metric-names.ts';

export function sweepHandler(sweep: (event: unknown) => Promise<SweepResult>) {
  return middy<unknown, SweepResult>().handler(async (event, context) => {
    beginRun(() => context.getRemainingTimeInMillis());
    logger.addContext(context);
    const swept = await sweep(event);
    if (swept.recovered.length + swept.restarted.length + swept.left > 0) logger.warn('Swept', { ...swept });
    metrics.addMetric(SWEPT_METRIC, 'Count', swept.recovered.length + swept.restarted.length);
    metrics.publishStoredMetrics();
    return swept;
  });
}
