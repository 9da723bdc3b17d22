// Which of two uploads is the newer: whole seconds, then the current version of one key, then who arrived later.
import { isNewer, isSameUpload, isTiedOnKey, type OrderedUpload } from '../../lambdas/core/lease/newest-upload.ts';

const upload = (change: Partial<OrderedUpload> = {}): OrderedUpload => ({
  ...{ key: 'a', versionId: '1', lastModified: '2026-01-01T00:00:01.000Z', arrival: 1 },
  ...change,
});
const later = '2026-01-01T00:00:02.000Z';

test.each<[string, Partial<OrderedUpload>, string | null, boolean]>([
  ['a second later, arrived earlier', { lastModified: later, arrival: 0 }, null, true],
  ['a second earlier, arrived later', { lastModified: '2026-01-01T00:00:00.999Z', arrival: 9 }, null, false],
  ['within the second, arrived earlier', { lastModified: '2026-01-01T00:00:01.900Z', key: 'b', arrival: 0 }, null, false],
  ['another key, arrived later', { key: 'b', arrival: 2 }, null, true],
  ['another key, arrived together', { key: 'b' }, null, false],
  ['another key, whose version has the name of the current one', { key: 'b', versionId: '2', arrival: 0 }, '2', false],
  ['the same key, the current version', { versionId: '2', arrival: 0 }, '2', true],
  ['the same key, the other is current', { versionId: '2', arrival: 2 }, '1', false],
  ['the same key, neither is current', { versionId: '2', arrival: 2 }, '3', true],
  ['itself, arrived again', { arrival: 2 }, '1', true],
])('%s', (_name, one, current, newer) => {
  expect(isNewer(upload(one), upload(), current)).toBe(newer);
}); // biome-ignore format: one line per case

test('the same upload is the same version of the same key; tied are two versions of one key in one second', () => {
  expect(isSameUpload(upload(), upload({ arrival: 2 }))).toBe(true);
  expect(isSameUpload(upload(), upload({ key: 'b' }))).toBe(false);
  expect(isSameUpload(upload(), upload({ versionId: '2' }))).toBe(false);
  expect(isTiedOnKey(upload(), upload({ versionId: '2' }))).toBe(true);
  expect(isTiedOnKey(upload(), upload())).toBe(false);
  expect(isTiedOnKey(upload(), upload({ versionId: '2', key: 'b' }))).toBe(false);
  expect(isTiedOnKey(upload(), upload({ versionId: '2', lastModified: later }))).toBe(false);
});
