// JudgeFleet: whether enough has reached the new fleet for the alarms' silence to mean anything.
import type { Task } from '../../state-machine/contract/steps.ts';
import { MINIMUM_REQUESTS, newFleet } from '../core/guardrails/fleet-alarms.ts';
import { fleetInvocations } from '../core/guardrails/fleet-metrics.ts';
import { fleetVerdict } from '../core/guardrails/fleet-verdict.ts';
import type { Documents } from '../ports/documents.ts';
import type { MetricQueries } from '../ports/metric-queries.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { beatLease } from './parts/lease/beat-lease.ts';
import type { LeasePorts } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  documents: Documents;
  metrics: MetricQueries;
}

/** CloudWatch knows of an invocation a minute or two after it; these are four. */
const TIME_TO_ASK_MILLISECONDS = 240_000;
const BETWEEN_QUERIES_MILLISECONDS = 15_000;

export const judgeFleet =
  (ports: Ports): Task<'JudgeFleet'> =>
  async ({ plan: planned, lease, deployment, goldenTraffic }) => {
    const { clock, documents, metrics } = ports;
    const stop = await beatLease(ports, lease);
    if (stop !== null) return { verdict: 'failed', invocations: 0, failure: stop };
    const fleet = newFleet(await readPlan(documents, planned));
    const from = new Date(deployment.startedAt);
    const until = clock.now().getTime() + TIME_TO_ASK_MILLISECONDS;
    for (;;) {
      const now = clock.now();
      const counts = await metrics.values(fleetInvocations(fleet), from, now);
      const invocations = counts.reduce((sum, count) => sum + count, 0);
      if (invocations >= MINIMUM_REQUESTS || now.getTime() >= until)
        return fleetVerdict(fleet, invocations, goldenTraffic);
      await clock.sleep(BETWEEN_QUERIES_MILLISECONDS);
    }
  };
