// Counts how rollouts end, for the dashboard; and those about which somebody has to do something at once, for the alarm.
import type { MiddlewareObj } from '@middy/core';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import { leavesUnrecorded, needsSomebody } from '../core/outcome/needs-somebody.ts';
import { metrics } from './instruments.ts';
import { NEEDS_SOMEBODY_METRIC, OUTCOMES_METRIC } from './metric-names.ts';

/** Of this stack alone: an account may have several, and their alarms must not ring for each other. */
export function outcomeReport(stack: string): MiddlewareObj<unknown, Outcome> {
  const count = (metric: string, dimensions: Record<string, string>) => {
    metrics.addDimensions({ stack, ...dimensions });
    metrics.addMetric(metric, 'Count', 1);
    metrics.publishStoredMetrics();
  };
  return {
    after: ({ response }) => {
      if (response == null) return;
      const { outcome, error } = response;
      count(OUTCOMES_METRIC, { outcome: error === 'Cancelled' ? 'cancelled' : outcome });
      if (needsSomebody(response)) count(NEEDS_SOMEBODY_METRIC, {});
    },
    // Returns nothing, as in taskReport.
    onError: ({ error }) => {
      if (leavesUnrecorded(error?.name ?? 'Unknown')) count(NEEDS_SOMEBODY_METRIC, {});
    },
  };
}
