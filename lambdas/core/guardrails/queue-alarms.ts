// The alarms on an asynchronous endpoint while its update waits: what takes the update back. SageMaker publishes none of these for
// one fleet: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html. All at once, the new fleet alone takes
// requests while they are watched; in the first minute what the old one did counts too.
import type { ResolvedAlarms } from '../../../state-machine/contract/resolved-request.ts';
import { alarmNamer, enough, type Fleet, type FleetAlarm } from './fleet-alarms.ts';

/** Of the oldest request that waits, unless the request says otherwise. */
export const MAXIMUM_OLDEST_REQUEST_SECONDS = 3_600;

/** The same rollout always gives the same names, another rollout others. */
export function queueAlarms(
  stackName: string,
  rolloutId: string,
  { endpointName, variantName, endpointConfigName }: Fleet,
  { maximumErrorPercent, maximumOldestRequestSeconds }: ResolvedAlarms,
): FleetAlarm[] {
  const alarm = alarmNamer(stackName, rolloutId, { endpointName, variantName, endpointConfigName });
  const ofVariant = { endpointName, variantName };
  const alarms: FleetAlarm[] = [];
  // What a caller did wrong is none of the model's faults. SageMaker spells the metric so.
  if (maximumErrorPercent !== null)
    alarms.push({
      ...alarm('failures', `more than ${maximumErrorPercent} % of the requests failed by no fault of who asked`),
      fleet: ofVariant,
      metrics: [
        { id: 'requests', metric: 'InvocationsProcesssed', statistic: 'Sum' },
        { id: 'failures', metric: 'InvocationFailures', statistic: 'Sum' },
        { id: 'clients', metric: 'Invocation4XXErrors', statistic: 'Sum' },
      ],
      expression: enough('100 * (failures - FILL(clients, 0)) / requests'),
      threshold: maximumErrorPercent,
    });
  alarms.push({
    ...alarm('expired', 'requests that waited longer than they may'),
    fleet: ofVariant,
    metrics: [{ id: 'expired', metric: 'ExpiredRequests', statistic: 'Sum' }],
    expression: 'expired',
    threshold: 0,
  });
  if (maximumOldestRequestSeconds !== undefined)
    alarms.push({
      ...alarm('oldest-request', `a request that has waited more than ${maximumOldestRequestSeconds} s`),
      fleet: { endpointName },
      metrics: [{ id: 'age', metric: 'ApproximateAgeOfOldestRequest', statistic: 'Maximum' }],
      expression: 'age',
      threshold: maximumOldestRequestSeconds,
    });
  return alarms;
}
