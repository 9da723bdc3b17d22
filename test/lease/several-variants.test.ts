// Uploads for several variants of one endpoint: each variant has a newest of its own, and the endpoint one lease.
import { judgeGrant } from '../../lambdas/core/lease/judge-grant.ts';
import { type Asking, askForLease, neverLeased } from '../../lambdas/core/lease/lease.ts';
import type { UploadRecord } from '../../lambdas/core/lease/upload-record.ts';
import type { Lease } from '../../state-machine/contract/lease.ts';
import { aRelease } from '../core/a-variant.ts';
import { anUpload } from './a-rollout.ts';

const FACTS = { currentVersionId: null, over: new Set<string>() };
const of = (variant: string, rolloutId: string, second: number): Asking => {
  const asking = anUpload(rolloutId, second);
  return { ...asking, rollout: { ...asking.rollout, uploadVariant: variant } };
};
const asked = (lease: Lease, asking: Asking) => askForLease(lease, asking, FACTS);
const waiting = (lease: Lease) => lease.waiting.map(({ rollout }) => rollout.rolloutId);

test('a newer upload of one variant takes the place of its own older one alone', () => {
  let lease = asked(neverLeased('iris'), of('primary', 'running', 1)).lease;
  expect(lease.owner?.rollout.rolloutId).toBe('running');
  for (const next of [of('primary', 'p2', 2), of('challenger', 'c3', 3), of('primary', 'p4', 4)])
    lease = asked(lease, next).lease;
  expect(waiting(lease)).toEqual(['p4', 'c3']);
  expect(asked(lease, { ...of('primary', 'p2', 2), hasWaited: true }).answer).toEqual({
    verdict: 'superseded',
    successor: 'p4',
  });
  expect(asked(lease, of('challenger', 'c3', 3)).answer).toMatchObject({ verdict: 'waiting' });
  expect(lease.newestUploads).toMatchObject({ primary: { rolloutId: 'p4' }, challenger: { rolloutId: 'c3' } });
  expect(lease.newestUpload).toBeNull();
});

test('a variant that is called like a member of every object has no newest upload', () => {
  const { answer } = asked(neverLeased('iris'), of('constructor', 'one', 1));
  expect(answer).toEqual({ verdict: 'granted' });
});

test('the repeated event of what one variant serves is not outdone by the release of another', () => {
  const own = of('challenger', 'again', 1);
  const { lease } = asked(neverLeased('iris'), own);
  const { key, versionId } = own.upload!;
  const released = (rolloutId: string, hour: number, variantName: string, upload = { key: 'other', versionId: 'v' }) =>
    aRelease({ rolloutId, releasedAt: `2026-01-01T0${hour}:00:00.000Z`, upload: { ...upload, variantName } });
  const earlier: UploadRecord = {
    ...{ rolloutId: 'first', outcome: 'deployed', error: null, cause: null, successor: null, archive: 'accepted' },
    ...{ startedAt: '2026-01-01T00:50:00.000Z', endedAt: '2026-01-01T01:00:00.000Z' },
  };
  const judged = (releases: ReturnType<typeof released>[]) =>
    judgeGrant(own, lease, { ended: null, upload: earlier, releases });
  const first = released('first', 1, 'challenger', { key, versionId });
  expect(judged([released('theirs', 2, 'primary'), first])).toBeNull();
  expect(judged([released('newer', 2, 'challenger'), first])).toEqual({ verdict: 'superseded', successor: 'newer' });
});
