// JudgeFleet: whether enough has reached the new fleet for the alarms' silence to mean anything.
import type { Task } from '../../state-machine/contract/steps.ts';
import { type Fleet, MINIMUM_REQUESTS, newFleets } from '../core/guardrails/fleet-alarms.ts';
import { fleetInvocations } from '../core/guardrails/fleet-metrics.ts';
import { fleetsVerdict } from '../core/guardrails/fleet-verdict.ts';
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
    const fleets = newFleets(await readPlan(documents, planned));
    const from = new Date(deployment.startedAt);
    const until = clock.now().getTime() + TIME_TO_ASK_MILLISECONDS;
    for (;;) {
      const now = clock.now();
      const reached = await Promise.all(fleets.map((fleet) => reachedBy(metrics, fleet, from, now)));
      const isEnough = reached.every(({ invocations }) => invocations >= MINIMUM_REQUESTS);
      if (isEnough || now.getTime() >= until) return fleetsVerdict(reached, goldenTraffic);
      await clock.sleep(BETWEEN_QUERIES_MILLISECONDS);
    }
  };

async function reachedBy(metrics: MetricQueries, fleet: Fleet, from: Date, to: Date) {
  const counts = await metrics.values(fleetInvocations(fleet), from, to);
  return { fleet, invocations: counts.reduce((sum, count) => sum + count, 0) };
}
