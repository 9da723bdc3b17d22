// What takes hours, or the loss of every event, on the simulation's virtual time: the same machine and tasks. A call takes 15 to 60 ms there.
import { uploads } from '../../simulate/world/asked.ts';
import type { Delivery } from '../../simulate/world/aws/event-bridge.ts';
import { type BaseName, type Begin, canaryInvocations, ENDPOINT, stackWith } from '../../simulate/world/bases.ts';
import { engineAsItIs } from '../../simulate/world/engine.ts';
import { rounded, type Statistics, statistics } from './statistics.ts';

export interface VirtualFigures {
  /** Of rollouts of about 300 s of which every event is lost. */
  transitionsWithoutEvents: number;
  /** Of the history of an update of which all takes as long as it may, and every event is lost. */
  longestUpdateEvents: number;
  /** Seconds that each event takes, and the lag of rollouts of about 300 s. */
  lagByDelay: ({ delaySeconds: number } & Statistics)[];
}

const DELAYS = [0.2, 1, 5, 30];
const lost: Delivery = () => [];
const HOUR = 3_600;

interface Asked {
  readonly base: BaseName;
  readonly begin: Begin;
}
const firstDeployment: Asked = { base: 'nothing', begin: uploads({ canaryInvocations }, { number: 1 })('asWanted') };
/** All that a request may grant: an hour each to download and to start, and SageMaker's eight hours for the update. */
const longestUpdate: Asked = {
  base: 'scaledOut',
  begin: uploads({
    canaryInvocations,
    hosting: { type: 'realtime', startupTimeoutSeconds: HOUR, downloadTimeoutSeconds: HOUR },
    alarms: { maximumErrorPercent: 10 },
    strategy: {
      ...{ type: 'canary', canaryPercent: 34, waitSeconds: 60, terminationWaitSeconds: 0 },
      maximumExecutionSeconds: 8 * HOUR,
    },
  })('asWanted'),
};
/** Of that all but a few minutes is taken, by the candidate and by the update. */
const LONGEST_SECONDS = { candidate: 3 * HOUR - 300, update: 8 * HOUR - 300 };

/** @param seconds how long the endpoint of this name takes to be created or updated */
async function rollout({ base, begin }: Asked, delivery: Delivery, seconds: (endpointName: string) => number) {
  // What was there before took its usual time.
  let isBegun = false;
  const provisioning = ({ endpointName, change }: { endpointName: string; change: string }) => {
    const takesLong = change === 'create' || change === 'update';
    return 1000 * (!takesLong ? 3 : isBegun ? seconds(endpointName) : 12);
  };
  const stack = await stackWith(base, { ...engineAsItIs(), seed: 1, hosting: { provisioning } });
  isBegun = true;
  const { account } = stack;
  const from = account.hosting.journal.length;
  account.endpointEvents!.delivery = delivery;
  await begin(stack);
  await stack.settle();
  const execution = [...account.executions.values()].at(-1)!;
  if (execution.status !== 'SUCCEEDED')
    throw new Error(`A rollout on virtual time ended ${execution.status}: ${execution.error}: ${execution.cause}`);
  const inService = account.hosting.journal
    .slice(from)
    .findLast((each) => each.kind === 'status' && each.endpoint === ENDPOINT && each.status === 'InService')!;
  const { states, enteredAt, retried, events } = execution;
  const looked = states.findIndex((state, at) => state === 'CheckEndpoint' && enteredAt[at + 1]! > inService.at);
  return {
    lagSeconds: (enteredAt[looked + 1]! - inService.at) / 1000,
    transitions: states.length + retried.length,
    events,
  };
}

export async function onVirtualTime(draws: readonly number[]): Promise<VirtualFigures> {
  const each = async (delivery: Delivery) => {
    const rollouts: Awaited<ReturnType<typeof rollout>>[] = [];
    for (const seconds of draws) rollouts.push(await rollout(firstDeployment, delivery, () => seconds));
    return rollouts;
  };
  const lagByDelay: VirtualFigures['lagByDelay'] = [];
  for (const delaySeconds of DELAYS) {
    const rollouts = await each(() => [delaySeconds * 1000]);
    lagByDelay.push({ delaySeconds, ...statistics(rollouts.map(({ lagSeconds }) => lagSeconds)) });
  }
  const withoutEvents = await each(lost);
  const { events } = await rollout(longestUpdate, lost, (name) =>
    name === ENDPOINT ? LONGEST_SECONDS.update : LONGEST_SECONDS.candidate,
  );
  return {
    transitionsWithoutEvents: rounded(statistics(withoutEvents.map(({ transitions }) => transitions)).mean),
    longestUpdateEvents: events,
    lagByDelay,
  };
}
