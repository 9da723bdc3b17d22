// ShiftWeights: moves shares of the traffic between the variants of the live endpoint, step by step; asked again after each wait.
import type { AlarmsOutput } from '../../state-machine/contract/guarded-update.ts';
import type { Plan } from '../../state-machine/contract/plan.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import type { VariantTraffic, WeightShiftOutput, WeightStep } from '../../state-machine/contract/weight-shift.ts';
import { throttledIntervalSeconds } from '../core/endpoint/poll-interval.ts';
import { MINIMUM_REQUESTS } from '../core/guardrails/fleet-alarms.ts';
import { fleetInvocations } from '../core/guardrails/fleet-metrics.ts';
import { RolloutError } from '../core/rollout-error.ts';
import { judgeShift, shiftFailed } from '../core/weights/judge-shift.ts';
import { askedVariants, gainingVariants, isAsked, wrongAnswers } from '../core/weights/judge-traffic.ts';
import { adjustmentText } from '../core/weights/next-adjustment.ts';
import { NOTHING_ASKED, shiftBegun } from '../core/weights/shift-begun.ts';
import { secondsToNextBatch } from '../core/weights/traffic-batch.ts';
import type { Alarms } from '../ports/alarms.ts';
import type { DeploymentTarget } from '../ports/deployment-target.ts';
import type { Documents } from '../ports/documents.ts';
import type { MetricQueries } from '../ports/metric-queries.ts';
import { readPlan } from './parts/documents/read-plan.ts';
import { beatLease } from './parts/lease/beat-lease.ts';
import { type LeasePorts, underLease } from './parts/lease/under-lease.ts';

interface Ports extends LeasePorts {
  alarms: Pick<Alarms, 'states'>;
  deploymentTarget: DeploymentTarget;
  documents: Documents;
  metrics: MetricQueries;
}

/** CloudWatch knows of an invocation a minute or two after it; these are four. */
const SECONDS_FOR_EVIDENCE = 240;
const SECONDS_BETWEEN_QUERIES = 15;

export const shiftWeights =
  (bound: Ports): Task<'ShiftWeights'> =>
  async ({ plan: planned, lease, alarms: watching, weights: before, variantTraffic }) => {
    const { alarms, ...changing } = bound;
    const ports = { ...underLease(changing, lease), alarms };
    const now = ports.clock.now();
    const plan = await readPlan(ports.documents, planned);
    const begun = before ?? shiftBegun(plan, now);
    const stop = await beatLease(bound, lease);
    if (stop !== null) return shiftFailed(begun, stop.Error, stop.Cause);
    const wrong = wrongAnswers(plan, variantTraffic);
    if (wrong !== null) return shiftFailed(begun, 'CanaryFailed', wrong);
    try {
      return await look(ports, plan, begun, variantTraffic, watching, now);
    } catch (error) {
      if (!isThrottled(error) || now.getTime() >= Date.parse(begun.deadline)) throw error;
      // Many rollouts at once: look less often.
      return {
        ...begun,
        verdict: 'waiting',
        sendsTraffic: false,
        waitSeconds: throttledIntervalSeconds(begun.waitSeconds),
        isRefused: true,
      };
    }
  };

const isThrottled = (error: unknown): boolean => error instanceof RolloutError && error.name === 'Throttled';

async function look(
  ports: Ports,
  plan: Plan,
  before: WeightShiftOutput,
  traffic: VariantTraffic | null,
  watching: AlarmsOutput | null,
  now: Date,
): Promise<WeightShiftOutput> {
  const step = plan.weightSteps?.[before.step];
  if (step === undefined) return { ...before, verdict: 'shifted', waitSeconds: 0, sendsTraffic: false };
  const endpoint = await ports.deploymentTarget.describe(plan.endpointName);
  const judged = judgeShift(plan, before, step, endpoint, now);
  const { output } = judged;
  switch (judged.does) {
    case 'wait':
      return output;
    case 'ask': {
      const { adjustment } = judged;
      if ('weights' in adjustment && askedVariants(plan).length > 0 && !isAsked(before, traffic))
        // Some had no answer: asked again once a second until the deadline, the execution would have more events than it may.
        return { ...output, sendsTraffic: true, waitSeconds: traffic?.step === before.step ? output.waitSeconds : 1 };
      await ports.deploymentTarget.adjust(plan.endpointName, adjustment);
      return { ...output, asked: adjustmentText(adjustment), askedAt: now.toISOString() };
    }
    case 'watch':
      return watch(ports, plan, step, output, traffic, watching, now);
  }
}

/** The weights of a step are live: its wait, in which alarms are watched, and the next step after it. */
async function watch(
  ports: Ports,
  plan: Plan,
  step: WeightStep,
  output: WeightShiftOutput,
  traffic: VariantTraffic | null,
  watching: AlarmsOutput | null,
  now: Date,
): Promise<WeightShiftOutput> {
  const next = () => {
    const nextStep = { ...output, ...NOTHING_ASKED, step: output.step + 1, liveSince: null };
    return look(ports, plan, nextStep, traffic, watching, now);
  };
  if (step.waitSeconds === 0) return next();
  const names = watching?.watched ?? [];
  const states = await ports.alarms.states(names);
  const missing = names.find((name) => states[name] === undefined);
  if (missing !== undefined)
    return shiftFailed(
      output,
      'AlarmNotUsable',
      `The alarm "${missing}" does not exist any more: nothing was watched.`,
    );
  const loud = names.filter((name) => states[name] === 'ALARM');
  if (loud.length > 0) {
    const progress = output.progress ?? '';
    return shiftFailed(
      output,
      'CanaryFailed',
      `While the weights moved (${progress}), alarms in ALARM: ${loud.map((name) => `"${name}"`).join(', ')}.`,
    );
  }
  const liveSince = new Date(output.liveSince ?? now);
  const waited = Math.floor((now.getTime() - liveSince.getTime()) / 1000);
  const left = step.waitSeconds - waited;
  if (left > 0) {
    const waitSeconds = Math.min(left, secondsToNextBatch(step));
    return { ...output, waitSeconds, sendsTraffic: askedVariants(plan).length > 0 };
  }
  const silent = await notReached(ports, plan, liveSince, now);
  if (silent === null) return next();
  return -left < SECONDS_FOR_EVIDENCE
    ? { ...output, waitSeconds: SECONDS_BETWEEN_QUERIES }
    : shiftFailed(output, 'CanaryFailed', silent);
}

/** Alarms are silent about what nothing reached. Null where enough reached every variant that gains. */
async function notReached({ metrics }: Ports, plan: Plan, from: Date, to: Date): Promise<string | null> {
  const { endpointName, endpointConfig } = plan;
  for (const variantName of gainingVariants(plan)) {
    const fleet = { endpointName, variantName, endpointConfigName: endpointConfig.name };
    const counts = await metrics.values(fleetInvocations(fleet), from, to);
    const invocations = counts.reduce((sum, count) => sum + count, 0);
    if (invocations < MINIMUM_REQUESTS)
      return `The variant ${variantName} of ${endpointName} had ${invocations} invocations while it was watched; fewer than ${MINIMUM_REQUESTS} judge nothing, since the alarms stay silent. Give golden cases, or longer waits.`;
  }
  return null;
}
