// Which look at an endpoint ends which wait: what the look that follows would act on, and no stale "as before".
import type { EndpointDescription } from '../../lambdas/core/endpoint/endpoint-description.ts';
import { awaitedEndpoint } from '../../lambdas/core/waiting/awaited-endpoint.ts';
import { hasChanged } from '../../lambdas/core/waiting/has-changed.ts';
import { type WaitName, waitNames } from '../../state-machine/contract/waits.ts';
import { anEndpoint } from '../core/an-endpoint.ts';
import { rollback } from '../outcome/ends.ts';
import { aWait } from './a-wait.ts';

const NOW = new Date('2026-01-01T11:20:00.000Z');
const on = (changes: Partial<EndpointDescription>) => ({ ...anEndpoint('InService', 'iris-config-1'), ...changes });
const busy = on({ status: 'Updating' });
const before = on({ status: 'InService' });
const after = on({ status: 'InService', endpointConfigName: 'iris-config-2' });
const pending = on({ status: 'InService', pendingEndpointConfigName: 'iris-config-2' });
const moving = on({ status: 'Updating', trafficMoves: true });
const failed = on({ status: 'Failed' });
const candidateUp = on({ status: 'InService', endpointConfigName: 'iris-k-config' });

const awaits = (is: 'idle' | 'gone' | undefined) => ({
  rollback: { ...rollback('waiting'), awaits: is },
});
const unseen = {
  deployment: { ...(aWait('WaitForEndpoint') as { deployment: object }).deployment, changeSeen: false },
};
const guarded = { plan: { ...(aWait('WaitForEndpoint') as { plan: object }).plan, guarded: true } };
const ofWeights = (changes: object) => ({
  weights: { ...(aWait('WaitForWeights') as { weights: object }).weights, ...changes },
});

const refused = (key: string, wait: WaitName) => ({
  [key]: { ...(aWait(wait) as unknown as Record<string, object>)[key], isRefused: true },
});

test.each<[WaitName, string, EndpointDescription | null, boolean, object]>([
  ['WaitForEndpoint', 'in service, and the last look was refused', after, false, refused('deployment', 'WaitForEndpoint')],
  ['WaitForCandidate', 'in service, and the last look was refused', candidateUp, false, refused('candidate', 'WaitForCandidate')],
  ['WaitForWeights', 'idle, and the last look was refused', before, false, ofWeights({ changeSeen: true, isRefused: true })],
  ['WaitForIdleEndpoint', 'busy', busy, false, {}],
  ['WaitForIdleEndpoint', 'idle', before, true, {}],
  ['WaitForIdleEndpoint', 'gone', null, true, {}],
  ['WaitForEndpoint', 'busy', busy, false, {}],
  ['WaitForEndpoint', 'in service with the new configuration', after, true, {}],
  ['WaitForEndpoint', 'in service, and the new one pending', pending, false, {}],
  ['WaitForEndpoint', 'back on what was before', before, true, {}],
  ['WaitForEndpoint', 'as before, and no change was seen', before, false, unseen],
  ['WaitForEndpoint', 'gone, and no change was seen', null, false, unseen],
  ['WaitForEndpoint', 'failed', failed, true, {}],
  ['WaitForEndpoint', 'moving traffic that nobody watches', moving, false, {}],
  ['WaitForEndpoint', 'moving traffic that is watched', moving, true, guarded],
  ['WaitForCandidate', 'busy', on({ status: 'Creating', endpointConfigName: 'iris-k-config' }), false, {}],
  ['WaitForCandidate', 'in service', candidateUp, true, {}],
  ['WaitForCandidate', 'failed', failed, true, {}],
  ['WaitForRollback', 'idle as awaited', before, true, awaits('idle')],
  ['WaitForRollback', 'pending', pending, false, awaits('idle')],
  ['WaitForRollback', 'gone, where idle is awaited', null, true, awaits('idle')],
  ['WaitForRollback', 'there, where gone is awaited', before, false, awaits('gone')],
  ['WaitForRollback', 'gone as awaited', null, true, awaits('gone')],
  ['WaitForRollback', 'idle, where a look may be stale', before, false, awaits(undefined)],
  ['WaitForRollback', 'gone, where a look may be stale', null, false, awaits(undefined)],
  ['WaitForWeights', 'idle, and nothing was seen to change', before, false, {}],
  ['WaitForWeights', 'idle after a change', before, true, ofWeights({ changeSeen: true })],
  ['WaitForWeights', 'busy', busy, false, ofWeights({ changeSeen: true })],
  ['WaitForWeights', 'idle while alarms are watched', before, false, ofWeights({ changeSeen: true, liveSince: '2026' })],
  ['WaitForLease', 'idle', before, false, {}],
  ['WaitForCanary', 'idle', before, false, {}],
  ['WaitForCandidateAnswers', 'idle', before, false, {}],
])('%s, and the endpoint is %s', (wait, _is, endpoint, expected, changes) => {
  expect(hasChanged(aWait(wait, changes), endpoint, NOW)).toBe(expected);
}); // biome-ignore format: one line per case

test.each(['WaitForCandidateDeletion', 'WaitForRetirement'] as const)('%s ends as its output says', (wait) => {
  const given = aWait(wait);
  const key = wait === 'WaitForRetirement' ? 'retirement' : 'candidateRemoval';
  const output = (given as unknown as Record<string, object>)[key];
  const of = (is: string | undefined) => ({ ...given, [key]: { ...output, awaits: is } }) as never;
  expect([before, null].map((endpoint) => hasChanged(of('gone'), endpoint, NOW))).toEqual([false, true]);
  expect([busy, before].map((endpoint) => hasChanged(of('idle'), endpoint, NOW))).toEqual([false, true]);
  expect([before, null].map((endpoint) => hasChanged(of(undefined), endpoint, NOW))).toEqual([false, false]);
});

test('each wait is for its endpoint', () => {
  expect(Object.fromEntries(waitNames.map((wait) => [wait, awaitedEndpoint(aWait(wait))]))).toEqual({
    ...{ WaitForLease: null, WaitForIdleEndpoint: 'iris', WaitForCandidate: 'iris-k', WaitForCandidateAnswers: null },
    ...{ WaitForCandidateDeletion: 'iris-k', WaitForEndpoint: 'iris', WaitForWeights: 'iris', WaitForCanary: null },
    ...{ WaitForRollback: 'iris', WaitForRetirement: 'iris' },
  });
  const ofCandidate = { rollback: { ...rollback('waiting'), candidate: 'seen' } };
  expect(awaitedEndpoint(aWait('WaitForRollback', ofCandidate))).toBe('iris-k');
});
