// Many rollouts at once: whether all come to their end, how long that takes beside the least possible, and what each costs in calls.

import { Evidence } from '../judging/evidence.ts';
import { rules } from '../judging/rules.ts';
import type { JournalledCall } from '../world/account.ts';
import { archive } from '../world/archives.ts';
import { engineAsItIs } from '../world/engine.ts';
import { keyOf, SimulatedStack } from '../world/simulated-stack.ts';
import { rateLimited } from './rate-limit.ts';

export interface FleetResult {
  readonly name: string;
  readonly endpoints: number;
  readonly uploads: number;
  /** Of SageMaker and auto scaling; null: no limit. */
  readonly callsPerSecond: number | null;
  readonly outcomes: Record<string, number>;
  readonly minutes: number;
  /** The larger of one rollout alone without limits, begun when the last upload comes, and of the calls without polls at this rate. */
  readonly idealMinutes: number;
  /** Without polls. */
  readonly neededPerRollout: number;
  readonly callsPerRollout: number;
  /** Polls included, of a rollout that is alone. */
  readonly callsAlone: number;
  readonly timesTheIdeal: number;
  readonly refusedPerRollout: number;
  readonly violations: string[];
}

/** What a fleet may take, beside the least possible time, and the calls of a rollout beside one that is alone. */
const MOST_TIMES_THE_IDEAL = 2;
const MOST_TIMES_THE_CALLS = 1.1;
/** The time of fewer is that of the one that has the least luck. */
const SMALLEST_FLEET = 50;

/** The bars that it missed. */
function missed(fleet: FleetResult): string[] {
  const found: string[] = [];
  if (fleet.uploads >= SMALLEST_FLEET && fleet.timesTheIdeal > MOST_TIMES_THE_IDEAL)
    found.push(`it took ${fleet.timesTheIdeal.toFixed(2)} times the least possible time`);
  // Of many uploads to one endpoint most make way.
  if (fleet.uploads > fleet.endpoints) return found;
  if (fleet.callsPerRollout > MOST_TIMES_THE_CALLS * fleet.callsAlone)
    found.push(`${fleet.callsPerRollout.toFixed(1)} calls for a rollout, ${fleet.callsAlone.toFixed(1)} for one alone`);
  if ((fleet.outcomes.deployed ?? 0) < fleet.uploads) found.push(`${fleet.outcomes.deployed ?? 0} deployed`);
  return found;
}

const MILLISECONDS_BETWEEN_UPLOADS = 1_500;
const POLLS = ['CheckEndpoint', 'CheckCandidate', 'CheckRollback'];
const isLimited = ({ service }: JournalledCall) => service === 'sagemaker' || service === 'application-autoscaling';

export async function fleet(
  name: string,
  endpoints: number,
  uploadsEach: number,
  callsPerSecond: number | null,
  seed: number,
  isJudged = true,
): Promise<FleetResult> {
  const stack = new SimulatedStack({ ...engineAsItIs(), seed, sdkAttempts: 3 });
  const { account } = stack;
  const evidence = new Evidence(stack);
  const { observe } = account;
  let answered = 0;
  let needed = 0;
  account.observe = (call) => {
    if (isLimited(call) && call.error !== 'ThrottlingException') {
      answered += 1;
      if (!POLLS.includes(call.by.of.name)) needed += 1;
    }
    // To judge every call and every outcome takes all endpoints into view: of ten thousand the bars alone are looked at.
    if (isJudged) observe(call);
    else account.calls.length = 0;
  };
  const interceptor = callsPerSecond === null ? null : rateLimited(callsPerSecond, () => account.time.now);
  if (interceptor !== null) account.interceptor = interceptor;
  const startedAt = account.time.now;
  let endedAt = startedAt;
  account.ended = () => {
    endedAt = account.time.now;
  };
  for (let index = 0; index < endpoints; index++) {
    stack.manifest(`fleet-${index}`, { canaryInvocations: { requests: 1 } });
    for (let upload = 0; upload < uploadsEach; upload++) {
      const bytes = await archive('good', 100 + upload);
      stack.later(Math.round(account.random() * 1_000) + upload * MILLISECONDS_BETWEEN_UPLOADS, () =>
        stack.upload(keyOf(`fleet-${index}`, upload), bytes),
      );
    }
  }
  await stack.settle({ hours: 60 });
  await evidence.close();
  const outcomes: Record<string, number> = {};
  for (const { outcome } of evidence.outcomes()) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const rollouts = endpoints * uploadsEach;
  const minutes = (endedAt - startedAt) / 60_000;
  const alone = rollouts === 1 ? null : await fleet('one', 1, 1, null, seed);
  const lastMinutes = ((uploadsEach - 1) * MILLISECONDS_BETWEEN_UPLOADS) / 60_000;
  const neededMinutes = ((alone?.neededPerRollout ?? 0) * rollouts) / (callsPerSecond ?? Number.POSITIVE_INFINITY) / 60;
  const idealMinutes = alone === null ? minutes : Math.max(lastMinutes + alone.minutes, neededMinutes);
  const result: FleetResult = {
    ...{ name, endpoints, uploads: rollouts, callsPerSecond, outcomes },
    minutes,
    neededPerRollout: needed / rollouts,
    idealMinutes,
    timesTheIdeal: minutes / idealMinutes,
    callsPerRollout: answered / rollouts,
    callsAlone: alone?.callsPerRollout ?? answered / rollouts,
    refusedPerRollout: (interceptor?.refused() ?? 0) / rollouts,
    violations: isJudged
      ? rules.flatMap((rule) => rule.broken(evidence, {}).map((what) => `${rule.name}: ${what}`)).slice(0, 5)
      : [],
  };
  return { ...result, violations: [...missed(result), ...result.violations] };
}

export async function playFleets(seed: number, large: boolean): Promise<FleetResult[]> {
  const results: FleetResult[] = [];
  for (const rate of [1, 2, 5, 10])
    results.push(await fleet(`200 endpoints, ${rate} calls a second`, 200, 1, rate, seed));
  results.push(await fleet('20 endpoints, 1 call a second', 20, 1, 1, seed));
  results.push(await fleet('50 uploads to one endpoint', 1, 50, null, seed));
  if (large) results.push(await fleet('10,000 endpoints, 50 calls a second', 10_000, 1, 50, seed, false));
  return results;
}
