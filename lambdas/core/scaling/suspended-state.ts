// What of the scaling of a target is suspended: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_SuspendedState.html
import type { TargetTracking } from '../../../state-machine/contract/resolved-request.ts';
import type { ScalingRecord } from '../../../state-machine/contract/scaling-target.ts';

const MEMBERS = {
  scaleIn: 'DynamicScalingInSuspended',
  scaleOut: 'DynamicScalingOutSuspended',
  schedules: 'ScheduledScalingSuspended',
} as const;

export const suspendedState = (suspended: NonNullable<TargetTracking['suspended']>): ScalingRecord['suspended'] =>
  Object.fromEntries(
    Object.entries(MEMBERS).map(([what, member]) => [member, suspended.some((each) => each === what)]),
  );

/** With what is left out: what is not suspended is not. */
export const wholeState = (state: ScalingRecord['suspended']): ScalingRecord['suspended'] => ({
  ...suspendedState([]),
  ...state,
});
