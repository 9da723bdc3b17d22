// A deployment that was just asked for.
import type { Deployment } from '../../../state-machine/contract/outputs.ts';
import { pollIntervalSeconds } from './poll-interval.ts';

/** `patienceSeconds`: how long polling goes on. */
export const deploymentBegun = (now: Date, status: string, patienceSeconds: number): Deployment => ({
  verdict: 'inProgress',
  startedAt: now.toISOString(),
  deadline: new Date(now.getTime() + patienceSeconds * 1000).toISOString(),
  waitSeconds: pollIntervalSeconds(0),
  status,
  progress: null,
  trafficMoves: false,
  changeSeen: false,
  unchangedPolls: 0,
  lastUnchangedPollAt: null,
  failureReason: null,
  failure: null,
});
