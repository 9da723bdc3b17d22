import fc from 'fast-check';
import { newestFirst } from '../../lambdas/core/lease/newest-first.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';

const upload = (key: string, lastModified: string, versionId = 'v'): Upload => ({
  bucket: 'b',
  key,
  versionId,
  sizeBytes: 1,
  lastModified,
});

test('the later upload is newer, whatever it is called; an older version uploaded again too', () => {
  const old = upload('models/iris/v9/model.tar.gz', '2026-01-01T00:00:00.000Z');
  const again = upload('models/iris/v1/model.tar.gz', '2026-01-01T00:00:01.000Z');
  expect(newestFirst([old, again])).toEqual([again, old]);
});

test('it is a total order: every order of arrival gives the same answer', () => {
  const uploads = fc.uniqueArray(
    fc
      .tuple(fc.constantFrom('a', 'b', 'é', 'B'), fc.integer({ min: 0, max: 2 }), fc.constantFrom('1', '2'))
      .map(([key, second, version]) => upload(key, `2026-01-01T00:00:0${second}.000Z`, version)),
    { selector: (each) => JSON.stringify(each) },
  );
  const shuffled = uploads.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(newestFirst(one)).toEqual(newestFirst(other));
      const times = newestFirst(one).map(({ lastModified }) => lastModified);
      expect(times).toEqual([...times].sort().reverse());
    }),
  );
});
