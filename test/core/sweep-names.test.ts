// Names of executions: AWS takes them, the same find has the same name, another find another.
import fc from 'fast-check';
import { recoveryName, retryName } from '../../lambdas/core/recovery/sweep-names.ts';

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
const valid = /^[A-Za-z0-9_-]{1,80}$/;
const rolloutId = fc.stringMatching(/^[A-Za-z0-9_-]{1,80}$/);
const fencing = fc.integer({ min: 1, max: 1_000_000 });
const upload = fc.record({ key: fc.string(), versionId: fc.string() });

const ended = '2026-01-01T00:00:00.000Z';
const after = (minutes: number) => new Date(Date.parse(ended) + minutes * 60_000);
const name = (rollout: string, number: number, minutes = 59) => recoveryName(rollout, number, ended, after(minutes));

test('a recovery that failed before it took the lease over has another name each hour', () => {
  expect([0, 59, 60, 61, 119, 120].map((minutes) => name('iris-1', 7, minutes))).toEqual([
    ...['recover-7-iris-1', 'recover-7-iris-1', 'recover-7-1h-iris-1', 'recover-7-1h-iris-1', 'recover-7-1h-iris-1'],
    'recover-7-2h-iris-1',
  ]);
  expect(recoveryName('iris-1', 7, null, after(600))).toBe('recover-7-iris-1');
});

test('each holding of the lease is recovered under a name of its own', () => {
  fc.assert(
    fc.property(rolloutId, rolloutId, fencing, fencing, (one, other, number, another) => {
      expect(name(one, number)).toMatch(valid);
      expect(name(one, number) === name(other, another)).toBe(one === other && number === another);
    }),
  );
});

test('whose rollback it is can be read from the name, where there is room', () => {
  const longest = 'r'.repeat(80 - 'recover-7-'.length);
  expect([name('iris-1', 7), name(longest, 7)]).toEqual(['recover-7-iris-1', `recover-7-${longest}`]);
  expect(name(`${longest}r`, 7)).toMatch(/^recover-7-[0-9a-f]{32}$/);
});

test('an upload is tried again once an hour, each version of each key for itself', () => {
  const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 5, minutes));
  fc.assert(
    fc.property(upload, upload, (one, other) => {
      expect(retryName(one, at(0))).toMatch(valid);
      expect(retryName(one, at(59))).toBe(retryName(one, at(0)));
      expect(retryName(one, at(60))).not.toBe(retryName(one, at(59)));
      const isSame = one.key === other.key && one.versionId === other.versionId;
      if (!other.versionId.includes('#') && !one.versionId.includes('#'))
        expect(retryName(one, at(0)) === retryName(other, at(0))).toBe(isSame);
    }),
  );
  const [one, other] = [
    { key: 'b', versionId: 'a' },
    { key: '', versionId: 'ab' },
  ];
  expect(retryName(one, at(0))).not.toBe(retryName(other, at(0)));
});
