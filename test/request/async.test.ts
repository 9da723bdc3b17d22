// What a request may ask of an asynchronous endpoint, and what is refused by its name.
import type { CheckedRequest } from '../../lambdas/core/request/check-request.ts';
import { resolveSettings } from '../../lambdas/core/request/resolve-settings.ts';
import { settingsOf } from '../../lambdas/core/request/settings-of.ts';
import { PLATFORM } from '../../simulate/world/stack-names.ts';
import type { KeptSettings } from '../../state-machine/contract/kept-settings.ts';

const hosting = { type: 'async', maximumConcurrentInvocationsPerInstance: 4 } as const;
const resolved = (request: CheckedRequest, settings: KeptSettings | null = null) =>
  resolveSettings(request, settings && { settings, from: 'the newest release' }, PLATFORM.settings, 's3://b/capture');

test('it has instances, no scaling, and its settings are kept without a problem', () => {
  const { settings, problems } = resolved({ hosting });
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({ hosting: { ...hosting, instanceCount: 1 }, scaling: null });
  const next = resolved({}, settingsOf({ hosting }, settings));
  expect(next.problems).toEqual([]);
  expect(next.settings.hosting).toEqual(settings.hosting);
});

test.each<[string, CheckedRequest, string, RegExp]>([
  ['scaling', { scaling: { minimum: 1, maximum: 2 } }, 'scaling', /invocations of an instance.*Use "none"/],
  [
    'traffic in steps',
    { strategy: { type: 'linear', stepPercent: 50, waitSeconds: 60, terminationWaitSeconds: 0 } },
    'strategy.type',
    /one queue.*Use "allAtOnce" without waits/,
  ],
  ['a wait', { strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 } }, 'strategy.type', /one queue/],
  [
    'alarms',
    { strategy: { type: 'allAtOnce', terminationWaitSeconds: 60 }, alarms: { maximumErrorPercent: 1 } },
    'alarms',
    /metric Invocations.*Leave them out/,
  ],
  ['captured data', { dataCapture: { samplingPercent: 10 } }, 'dataCapture', /not documented/],
  [
    'a serverless candidate',
    { candidate: { type: 'serverless' }, network: { isolation: false } },
    'candidate.type',
    /no queue/,
  ],
  [
    'a latency',
    { canaryInvocations: { maximumP99Milliseconds: 100 } },
    'canaryInvocations.maximumP99Milliseconds',
    /measured/,
  ],
  [
    'requests to measure',
    { canaryInvocations: { requests: 5 } },
    'canaryInvocations.requests',
    /how full the queue is/,
  ],
  ['several variants', { variants: [{ name: 'one' }] }, 'variants', /one variant/],
])('%s: refused', (_name, request, place, text) => {
  const { problems } = resolved({ hosting, ...request });
  expect(problems).toContainEqual({ where: place, message: expect.stringMatching(text) });
});

test('a realtime endpoint may have all of that', () => {
  expect(resolved({ canaryInvocations: { requests: 5 }, dataCapture: { samplingPercent: 10 } }).problems).toEqual([]);
});
