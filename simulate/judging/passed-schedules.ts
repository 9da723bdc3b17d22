// What may be missing after a rollout that was there before it: a schedule of one run whose time passed, if people are told.
import { dueOnce } from '../../lambdas/core/scaling/past-schedules.ts';
import type { Outcome } from '../../state-machine/contract/outcome.ts';
import type { Evidence, Snapshot } from './evidence.ts';

type ScheduledAction = { ScheduledActionName: string; Schedule: string; Timezone?: string };

/** What was before, as it must be again after a failure. */
export const toBeAgain = (evidence: Evidence, after: Snapshot): Snapshot =>
  withoutReportedSchedules(evidence.before, after, evidence.outcomes(), evidence.stack.account.time.now);

/** `before` without the schedules that passed meanwhile, are not there any more, and stand in an outcome's warnings. */
function withoutReportedSchedules(before: Snapshot, after: Snapshot, outcomes: readonly Outcome[], now: number) {
  const warnings = outcomes.flatMap((outcome) => outcome.warnings);
  const isReported = ({ ScheduledActionName, Schedule }: ScheduledAction) =>
    warnings.some((warning) => warning.includes(`${ScheduledActionName}, ${Schedule} `));
  const mayBeGone = (key: string, action: ScheduledAction) => {
    return dueOnce(action) <= now && !(key in after.scheduledActions) && isReported(action);
  };
  const kept = Object.entries(before.scheduledActions).filter(
    ([key, action]) => !mayBeGone(key, action as ScheduledAction),
  );
  return { ...before, scheduledActions: Object.fromEntries(kept) };
}
