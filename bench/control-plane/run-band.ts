// One band of provisioning times: a rollout for each draw, side by side, and every waiter on the very same endpoints.
import { setTimeout as sleep } from 'node:timers/promises';
import { type HistoryEvent, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { followHistory } from '../../client/history/follow-history.ts';
import type { RunBandOptions } from './band.ts';
import { type Begun, beginRollouts } from './begin-rollouts.ts';
import type { BenchCloud } from './bench-cloud.ts';
import type { Band } from './draws.ts';
import { type Lag, lagOf } from './lag.ts';
import { type Load, measureLoad } from './machine.ts';
import { type ReadRollout, readRollout } from './read-rollout.ts';
import type { WaiterName } from './waiters.ts';

// A poll takes 60 ms of one core, the beginning and the end of a rollout a second or two. Endpoints of 300 s, polled every
// 5 s, may stand side by side in any number that is drawn here; those that are over in half a minute, or polled every
// second, would wait for one another.
const SHORT_SECONDS = 120;
const SHORT_SIDE_BY_SIDE = 10;

export interface RolloutFigures extends Lag {
  /** From InService to the end of the execution, with scaling registered, the canary run and the outcome recorded. */
  toOutcomeSeconds: number;
  polls: number;
  transitions: number;
}

export interface BandFigures {
  name: Band['name'];
  /** Seconds, unscaled. */
  draws: number[];
  deployer: RolloutFigures[];
  /** Those that waited beside it. */
  waiters: Partial<Record<WaiterName, (Lag & { sleeps: number })[]>>;
  /** By the functions, per rollout, as the gateway counted: service -> calls. */
  apiCalls: Record<string, number>;
  load: Load;
}

export async function runBand(options: RunBandOptions): Promise<BandFigures> {
  const { band, cloud, waiters, scale, progress, signal } = options;
  cloud.journal.clear();
  const endLoad = measureLoad();
  const longest = Math.max(...band.draws) * scale;
  const sideBySide = longest > SHORT_SECONDS ? band.draws.length : SHORT_SIDE_BY_SIDE;
  const begun: Begun[] = [];
  for (let from = 0; from < band.draws.length; from += sideBySide) {
    const numbers = [...band.draws.keys()].slice(from, from + sideBySide);
    progress.under(`${band.name} s: ${from} of ${band.draws.length} done; ${numbers.length} rollouts are under way`);
    begun.push(...(await beginRollouts(options, numbers)));
    await allEnded(options, longest);
  }
  const results = await Promise.all(begun.map(async (one) => ({ ...one, waits: await one.waiting })));
  const load = endLoad();
  const apiCalls = callsPerRollout(cloud, band.draws.length);

  progress.under(`${band.name} s: reading the histories`);
  const figures: BandFigures = {
    name: band.name,
    draws: band.draws,
    deployer: [],
    waiters: Object.fromEntries(Object.keys(waiters).map((name) => [name, []])),
    apiCalls,
    load,
  };
  for (const { endpointName, executionArn, waits } of results) {
    const inServiceAt = cloud.inServiceAt(endpointName);
    const events: HistoryEvent[] = [];
    for await (const event of followHistory(cloud.sfn, executionArn, { signal })) events.push(event);
    const rollout = withEvents(readRollout(events), inServiceAt, cloud.eventsAt(endpointName));
    figures.deployer.push(rolloutFigures(endpointName, inServiceAt, rollout, scale));
    for (const name of Object.keys(waiters) as WaiterName[]) {
      const { sleeps, lookedAt, seenAt } = waits[name];
      figures.waiters[name]!.push({ ...lagOf({ endpointName, inServiceAt, lookedAt, seenAt }, scale), sleeps });
    }
  }
  return figures;
}

/** Of a wait that an event ended, what came after the event was no sleep. */
export function withEvents(rollout: ReadRollout, inServiceAt: number, eventsAt: readonly number[]): ReadRollout {
  const woken = eventsAt.filter((at) => at >= inServiceAt && at <= rollout.lookedAt)[0];
  return { ...rollout, lookedAt: woken ?? rollout.lookedAt };
}

function rolloutFigures(
  endpointName: string,
  inServiceAt: number,
  rollout: ReadRollout,
  scale: number,
): RolloutFigures {
  const { lookedAt, seenAt, endedAt, polls, transitions } = rollout;
  const lag = lagOf({ endpointName, inServiceAt, lookedAt, seenAt }, scale);
  // Nothing is waited for after the endpoint was seen: this part has no scale.
  return { ...lag, toOutcomeSeconds: lag.seconds + endedAt - seenAt, polls, transitions };
}

/** One call for all executions, seldom: this wait must not disturb those that are measured. */
async function allEnded({ cloud, scale, signal }: RunBandOptions, longest: number): Promise<void> {
  const { sfn, stateMachineArn } = cloud;
  const deadline = Date.now() + (longest + 300) * 1000;
  for (;;) {
    await sleep(5000 * Math.max(scale, 0.2), undefined, { signal });
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
    if (executions?.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${executions?.length} rollouts are still running.`);
  }
}

const SERVICES = ['sagemaker', 'sagemaker-runtime', 'application-autoscaling'];

function callsPerRollout({ journal, functions }: BenchCloud, rollouts: number): Record<string, number> {
  const ours = new Set(functions);
  const calls = journal.calls().filter(({ caller, service }) => ours.has(caller) && SERVICES.includes(service));
  return Object.fromEntries(
    SERVICES.map((name) => [name, calls.filter(({ service }) => service === name).length / rollouts]),
  );
}
