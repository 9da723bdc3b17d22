// What LeaseEndpoint answers to a rollout that may change its endpoint.
import type { LeaseOutput } from '../../state-machine/contract/outputs.ts';

export const aLeaseOutput = (changes: Partial<LeaseOutput> = {}): LeaseOutput => ({
  verdict: 'granted',
  endpointName: 'iris',
  holder: 'rollout-1',
  fencing: 1,
  startedAt: '2026-01-01T11:59:00.000Z',
  acquiredAt: '2026-01-01T12:00:00.000Z',
  waitSeconds: 0,
  reason: null,
  successor: null,
  repeats: null,
  recovers: null,
  failure: null,
  ...changes,
});
