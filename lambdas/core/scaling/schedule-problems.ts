// What of the schedules of a request would be refused by AWS or by the platform, or could meet limits that contradict it.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import type { ScheduleSettings, TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import { problem } from '../problems/problems.ts';
import type { ScalingBounds } from './scaling-bounds.ts';
import { expressionProblem, timezoneProblem } from './schedule-expression.ts';

type Asked = { [Key in keyof ScheduleSettings]?: ScheduleSettings[Key] | undefined } & Pick<
  ScheduleSettings,
  'name' | 'expression'
>;

/** `asked`: the schedules in the order in which they were written, which the problems name. */
export function scheduleProblems(
  asked: readonly Asked[],
  { minimum: least, maximum: most }: Pick<TargetTracking, 'minimum' | 'maximum'>,
  bounds: ScalingBounds,
): Problem[] {
  const problems: Problem[] = [];
  const names = asked.map(({ name }) => name);
  // Where a schedule leaves one of them out, the limit that stays may be any of these.
  const smallestMaximum = Math.min(most, ...asked.map(({ maximum }) => maximum ?? most));
  const largestMinimum = Math.max(least, ...asked.map(({ minimum }) => minimum ?? least));
  for (const [index, { name, expression, timezone, minimum, maximum }] of asked.entries()) {
    const refuse = (key: string, message: string | null) => {
      if (message !== null) problems.push(problem(`scaling.schedules.${index}${key}`, message));
    };
    if (names.indexOf(name) < index) refuse('.name', `Found "${name}" twice. Each schedule has a name of its own.`);
    refuse('.expression', expressionProblem(expression));
    refuse('.timezone', timezone === undefined ? null : timezoneProblem(timezone));
    if (minimum === undefined && maximum === undefined)
      refuse('', 'It changes nothing. Give minimum, maximum or both.');
    for (const [key, count] of Object.entries({ minimum, maximum })) {
      if (count !== undefined && count < bounds.least) refuse(`.${key}`, `Found ${count}. ${bounds.whyLeast}`);
      if (count !== undefined && count > bounds.most) refuse(`.${key}`, `Found ${count}. ${bounds.whyMost}`);
    }
    if (minimum !== undefined && maximum !== undefined) {
      if (minimum > maximum) refuse('.minimum', `Found ${minimum}, which is more than its maximum, ${maximum}.`);
    } else if (minimum !== undefined && minimum > smallestMaximum)
      refuse('.minimum', `Found ${minimum}, and the maximum may be ${smallestMaximum} then. Give a maximum too.`);
    else if (maximum !== undefined && maximum < largestMinimum)
      refuse('.maximum', `Found ${maximum}, and the minimum may be ${largestMinimum} then. Give a minimum too.`);
  }
  return problems;
}
