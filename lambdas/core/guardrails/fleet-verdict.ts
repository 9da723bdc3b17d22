// Whether the new fleet of an update has been judged at all, and rightly: alarms are silent about what nothing reached.
import type { FleetVerdict, GoldenTraffic } from '../../../state-machine/contract/guarded-update.ts';
import { type Fleet, MINIMUM_REQUESTS } from './fleet-alarms.ts';

/** @param traffic null where no batch was sent, for want of golden cases or because the update was too quick */
export function fleetVerdict(
  { endpointName, endpointConfigName }: Fleet,
  invocations: number,
  traffic: GoldenTraffic | null,
): FleetVerdict {
  const failed = (Cause: string): FleetVerdict => ({
    verdict: 'failed',
    invocations,
    failure: { Error: 'CanaryFailed', Cause },
  });
  if (traffic !== null && traffic.wrong > 0) {
    return failed(
      `While its traffic moved, the new model of ${endpointName} answered ${traffic.wrong} of ${traffic.compared} golden requests wrongly. ${traffic.mismatches.join(' ')}`,
    );
  }
  if (invocations < MINIMUM_REQUESTS) {
    const sent =
      traffic === null
        ? 'No golden request was sent'
        : `${traffic.sent} golden requests were sent, ${traffic.failed} of which failed`;
    return failed(
      `The new fleet of ${endpointName} (${endpointConfigName}) had ${invocations} invocations while its traffic moved; fewer than ${MINIMUM_REQUESTS} judge nothing, since the alarms stay silent. ${sent}. Give golden cases, or longer waits.`,
    );
  }
  return { verdict: 'passed', invocations, failure: null };
}

/** Of all fleets of an update: the one that failed, or else the one that was reached least. */
export function fleetsVerdict(
  judged: readonly { fleet: Fleet; invocations: number }[],
  traffic: GoldenTraffic | null,
): FleetVerdict {
  const verdicts = judged
    .map(({ fleet, invocations }) => fleetVerdict(fleet, invocations, traffic))
    .sort((one, other) => one.invocations - other.invocations);
  return verdicts.find(({ verdict }) => verdict === 'failed') ?? verdicts.at(0) ?? NO_FLEET;
}

const NO_FLEET: FleetVerdict = {
  ...{ verdict: 'failed', invocations: 0 },
  failure: { Error: 'CanaryFailed', Cause: 'The update brought up no fleet that could be judged.' },
};
