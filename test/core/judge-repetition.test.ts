// What becomes of the event of an upload that had an outcome before.
import { judgeRepetition } from '../../lambdas/core/lease/judge-repetition.ts';
import type { UploadRecord } from '../../lambdas/core/lease/upload-record.ts';
import type { Release } from '../../state-machine/contract/release.ts';

const upload = { key: 'models/iris/v1/model.tar.gz', versionId: '1' };
const record = (change: Partial<UploadRecord>): UploadRecord => ({
  ...{ outcome: 'deployed', archive: null, rolloutId: 'earlier', error: null, cause: null, successor: null },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:10:00.000Z' },
  ...(change as object),
});
const release = (of: Release['upload'], releasedAt = '2026-01-01T00:20:00.000Z') =>
  ({ rolloutId: 'serving', upload: of, releasedAt }) as Release;
const retirement = (at: string) => ({ at, rolloutId: 'end' }) as Parameters<typeof judgeRepetition>[3];
const proceed = { verdict: 'proceed' };
const supersededBy = (successor: string) => ({ verdict: 'superseded', successor });

test.each<[string, UploadRecord | null, Release | null, ReturnType<typeof retirement>, object]>([
  ['never seen', null, release(null), retirement('2027-01-01T00:00:00.000Z'), proceed],
  ['deployed, and it serves', record({}), release(upload), null, proceed],
  ['unchanged, and it serves', record({ outcome: 'unchanged' }), release(upload), null, proceed],
  ['deployed, and no release is known', record({}), null, null, proceed],
  ['deployed, and another version serves', record({}), release({ ...upload, versionId: '2' }), null, supersededBy('serving')],
  ['deployed, and another key serves', record({}), release({ ...upload, key: 'v2' }), null, supersededBy('serving')],
  ['deployed, and what serves is no upload', record({}), release(null), null, supersededBy('serving')],
  ['unchanged, and what serves was there before', record({ outcome: 'unchanged' }), release(null, '2026-01-01T00:05:00.000Z'), null, proceed],
  ['as it was recorded before ends were', record({ endedAt: '' }), release(upload), null, proceed],
  ['before the retirement', record({}), release(upload), retirement('2026-01-01T00:10:00.001Z'), supersededBy('end')],
  ['begun before the retirement, deployed after it', record({}), release(upload), retirement('2026-01-01T00:05:00.000Z'), proceed],
  ['made way for the retirement', record({ outcome: 'superseded', successor: 'end' }), release(null), retirement('2026-01-01T00:05:00.000Z'), supersededBy('end')],
  ['superseded', record({ outcome: 'superseded', successor: 'next' }), release(upload), null, supersededBy('next')],
  ['superseded by what is forgotten', record({ outcome: 'superseded' }), release(null), null, supersededBy('serving')],
  ['superseded, nothing known', record({ outcome: 'superseded' }), null, null, supersededBy('earlier')],
])('%s', (_name, earlier, newest, retired, expected) => {
  expect(judgeRepetition(upload, earlier, newest === null ? [] : [newest], retired)).toEqual(expected);
}); // biome-ignore format: one line per case

test('a failure is repeated, with its own name and cause, and what to do', () => {
  const failed = record({ outcome: 'rolledBack', error: 'CanaryFailed', cause: 'Golden case "a".' });
  expect(judgeRepetition(upload, failed, [], null)).toEqual({
    verdict: 'refused',
    repeats: 'rolledBack',
    failure: {
      Error: 'CanaryFailed',
      Cause:
        'This version of the upload was rolled out before, by earlier, and ended rolledBack: Golden case "a". ' +
        'An event alone does not try it again: upload it again, or start a rollout with a request that names it.',
    },
  });
  expect(judgeRepetition(upload, record({ outcome: 'rejected' }), [], null)).toMatchObject({
    failure: { Error: 'RequestRejected', Cause: expect.stringContaining('ended rejected: see its outcome An event') },
  });
});

test('one that made way for another is rolled out if that one has made way for it since', () => {
  const superseded = record({ outcome: 'superseded', successor: 'other' });
  expect(judgeRepetition(upload, superseded, [], null)).toMatchObject({ verdict: 'superseded' });
  expect(judgeRepetition(upload, superseded, [], null, true)).toEqual({ verdict: 'proceed' });
  const since = { ...release(null), rolloutId: 'since' };
  expect(judgeRepetition(upload, superseded, [since], null, true)).toEqual({ verdict: 'proceed' });
  const releases = [since, { ...release(null), rolloutId: 'other' }];
  expect(judgeRepetition(upload, superseded, releases, null, true)).toEqual(supersededBy('other'));
});

test('one whose earlier rollout gave way before a retirement, to another that has given way to it, is rolled out after it', () => {
  const superseded = record({ outcome: 'superseded', successor: 'other' });
  const since = retirement('2026-01-01T00:20:00.000Z');
  expect(judgeRepetition(upload, superseded, [], since, true)).toEqual({ verdict: 'proceed' });
  expect(judgeRepetition(upload, superseded, [], since)).toEqual(supersededBy('end'));
  expect(judgeRepetition(upload, record({}), [], since, true)).toEqual(supersededBy('end'));
  const byIt = record({ outcome: 'superseded', successor: 'end' });
  expect(judgeRepetition(upload, byIt, [], since, true)).toEqual(supersededBy('end'));
});

test.each(['rejected', 'rolledBack', 'needsAttention'] as const)(
  '%s stays so, whatever has happened since',
  (outcome) => {
    const failed = record({ outcome });
    const since = retirement('2027-01-01T00:00:00.000Z');
    expect(judgeRepetition(upload, failed, [release(upload)], since, true)).toMatchObject({ repeats: outcome });
  },
);
