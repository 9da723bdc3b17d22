// What of the step policies of a request would be refused by Application Auto Scaling or by CloudWatch.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import type { AskedTracking } from './resolve-tracking.ts';

type Asked = NonNullable<AskedTracking['steps']>[number];
type Refuse = (where: string, message: string) => void;

const HOUR = 3600;
const DAY = 24 * HOUR;

/** `asked`: the policies in the order in which they were written, which the problems name. */
export function stepProblems(asked: readonly Asked[]): Problem[] {
  const problems: Problem[] = [];
  const names = asked.map(({ name }) => name);
  for (const [index, policy] of asked.entries()) {
    const refuse: Refuse = (where, message) => problems.push(problem(`scaling.steps.${index}.${where}`, message));
    const { name, adjustmentType = 'ChangeInCapacity', minimumAdjustmentMagnitude: magnitude } = policy;
    if (names.indexOf(name) < index) refuse('name', `Found "${name}" twice. Each step policy has a name of its own.`);
    if (magnitude !== undefined && adjustmentType !== 'PercentChangeInCapacity')
      refuse('minimumAdjustmentMagnitude', `It is of PercentChangeInCapacity, and this policy has ${adjustmentType}.`);
    adjustmentProblems(policy, refuse);
    alarmProblems(policy.alarm, refuse);
  }
  return problems;
}

const lower = ({ lowerBound = Number.NEGATIVE_INFINITY }) => lowerBound;
const upper = ({ upperBound = Number.POSITIVE_INFINITY }) => upperBound;

/** https://docs.aws.amazon.com/autoscaling/application/APIReference/API_StepAdjustment.html */
function adjustmentProblems({ adjustmentType, adjustments }: Asked, refuse: Refuse): void {
  for (const [index, { adjustment, lowerBound, upperBound }] of adjustments.entries()) {
    const where = `adjustments.${index}`;
    if (lowerBound === undefined && upperBound === undefined)
      refuse(where, 'It has neither lowerBound nor upperBound. Give one of them: 0 is the threshold.');
    if (lowerBound !== undefined && upperBound !== undefined && upperBound <= lowerBound)
      refuse(`${where}.upperBound`, `Found ${upperBound}, which is not more than its lowerBound, ${lowerBound}.`);
    if (adjustmentType === 'ExactCapacity' && adjustment < 0)
      refuse(`${where}.adjustment`, `Found ${adjustment}. With ExactCapacity it is the capacity: 0 or more.`);
  }
  const sorted = [...adjustments].sort((one, other) => lower(one) - lower(other) || upper(one) - upper(other));
  for (const [index, one] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || upper(one) === lower(next)) continue;
    const what = upper(one) < lower(next) ? 'nothing is said' : 'two are said';
    refuse(
      'adjustments',
      `Between ${lower(next)} and ${upper(one)} ${what}. Each begins where the one before it ends.`,
    );
  }
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first !== undefined && Number.isFinite(lower(first)) && lower(first) < 0)
    refuse('adjustments', `Below ${lower(first)} nothing is said. Leave the lowerBound out of the lowest.`);
  if (last !== undefined && Number.isFinite(upper(last)) && upper(last) > 0)
    refuse('adjustments', `Above ${upper(last)} nothing is said. Leave the upperBound out of the highest.`);
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html, Period and EvaluationPeriods */
function alarmProblems(alarm: Asked['alarm'], refuse: Refuse): void {
  const { periodSeconds: period = 60, evaluationPeriods: periods = 1, datapointsToAlarm: datapoints = periods } = alarm;
  if (![10, 20, 30].includes(period) && period % 60 !== 0)
    refuse('alarm.periodSeconds', `Found ${period}. Allowed: 10, 20, 30, or a multiple of 60.`);
  if (datapoints > periods)
    refuse('alarm.datapointsToAlarm', `Found ${datapoints}, which is more than evaluationPeriods, ${periods}.`);
  const most = period < HOUR ? DAY : 7 * DAY;
  if (period * periods > most)
    refuse('alarm.evaluationPeriods', `Found ${periods} periods of ${period} s, which are more than ${most} s in all.`);
}
