// A shift of weights that has just begun, and how long it may take.
import type { Plan } from '../../../state-machine/contract/plan.ts';
import type { WeightShiftOutput } from '../../../state-machine/contract/weight-shift.ts';
import { pollIntervalSeconds } from '../endpoint/poll-interval.ts';
import { waitsOf } from './weight-steps.ts';

/** Time for SageMaker to move weights, which needs no new instance. */
const STEP_SECONDS = 720;

/** All waits, time for more instances to come once, and time for each step. */
export const shiftSeconds = ({ weightSteps = [], patienceSeconds }: Plan): number =>
  waitsOf(weightSteps) + patienceSeconds + weightSteps.length * STEP_SECONDS;

export const shiftBegun = (plan: Plan, now: Date): WeightShiftOutput => ({
  verdict: 'waiting',
  startedAt: now.toISOString(),
  deadline: new Date(now.getTime() + shiftSeconds(plan) * 1000).toISOString(),
  waitSeconds: pollIntervalSeconds(0),
  step: 0,
  instances: null,
  sendsTraffic: false,
  liveSince: null,
  status: null,
  progress: null,
  failure: null,
  ...NOTHING_ASKED,
});

/** Of the next thing that SageMaker is asked for. */
export const NOTHING_ASKED = {
  ...{ asked: null, askedAt: null, changeSeen: false },
  ...{ unchangedPolls: 0, lastUnchangedPollAt: null },
} satisfies Partial<WeightShiftOutput>;
