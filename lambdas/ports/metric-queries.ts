// What CloudWatch has measured.
import type { MetricQuery } from '../core/guardrails/metric-query.ts';

export interface MetricQueries {
  /**
   * One value for each period that has data, in no order; [] without data. CloudWatch knows of a datapoint a minute or
   * more after it.
   */
  values(query: MetricQuery, from: Date, to: Date): Promise<number[]>;
}
