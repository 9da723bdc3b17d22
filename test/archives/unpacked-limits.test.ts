// What an archive may hold and unpack to, with the limits turned down: small archives reach them, and exceed them by one.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import * as limits from '../../lambdas/core/archive/limits.ts';
import type * as inspecting from './inspect.ts';
import { archiveOf, tarOf } from './tar-by-hand.ts';

const turnedDown = {
  MAXIMUM_COMPRESSION_RATIO: 10,
  RATIO_COUNTS_FROM_BYTES: 8192,
  MAXIMUM_ENTRIES: 4,
  MAXIMUM_EXTENDED_HEADER_BYTES: 600,
};
jest.doMock('../../lambdas/core/archive/limits.ts', () => ({ ...limits, ...turnedDown }));
const { problemsOf } = jest.requireActual<typeof inspecting>('./inspect.ts');

const model = { path: 'model.pkl', content: 'a model' };
const tar = tarOf(model);
/** `unpackedBytes` of the model's archive with zero padding, in one gzip member. */
const padded = (unpackedBytes: number) => gzipSync(Buffer.concat([tar, Buffer.alloc(unpackedBytes - tar.length)]));

it('has these limits where nobody turns them down', () => {
  expect(limits).toMatchObject({
    MAXIMUM_COMPRESSION_RATIO: 1000,
    RATIO_COUNTS_FROM_BYTES: 64 * 2 ** 20,
    MAXIMUM_ENTRIES: 10_000,
    MAXIMUM_EXTENDED_HEADER_BYTES: 2 ** 20,
  });
});

it('lets small archives compress as they will, and stops at the ratio behind that', async () => {
  expect(padded(8192).length).toBeLessThan(200);
  expect(await problemsOf(padded(8192))).toEqual([]);
  expect(await problemsOf(padded(8193))).toEqual([
    expect.stringMatching(/^model\.tar\.gz: The archive unpacks to more than 10 times its own \d+ bytes/),
  ]);
});

it('compares what was unpacked with the archive where that is large enough', async () => {
  const archive = (zeros: number) =>
    archiveOf({ ...model, content: Buffer.concat([randomBytes(4096), Buffer.alloc(zeros)]) });
  expect(archive(60_000).length).toBeLessThan(5000);
  expect(await problemsOf(archive(30_000))).toEqual([]);
  expect(await problemsOf(archive(60_000))).toEqual([expect.stringMatching(/more than 10 times its own/)]);
});

it('counts the bytes of folders, links and padding too', async () => {
  const rest = Array.from({ length: 3 }, (_, at) => ({ path: `d${at}/`, typeFlag: '5' }));
  expect(await problemsOf(archiveOf(model, ...rest), { limits: { maximumUnpackedBytes: 3584 } })).toEqual([]);
  expect(await problemsOf(archiveOf(model, ...rest), { limits: { maximumUnpackedBytes: 3583 } })).toEqual([
    'model.tar.gz: The archive unpacks to more than 3583 bytes, the most this platform takes.',
  ]);
  expect(await problemsOf(padded(5000), { limits: { maximumUnpackedBytes: 5000 } })).toEqual([]);
  expect(await problemsOf(padded(5001), { limits: { maximumUnpackedBytes: 5000 } })).toHaveLength(1);
});

it('counts entries of every kind', async () => {
  const kinds = [model, { path: 'd', typeFlag: '5' }, { path: 'l', typeFlag: '1', linkTarget: 'model.pkl' }];
  expect(await problemsOf(archiveOf(...kinds, { path: 'fourth' }))).toEqual([]);
  expect(await problemsOf(archiveOf(...kinds, { path: 'fourth' }, { path: 'fifth' }))).toEqual([
    'model.tar.gz: The archive has more than 4 entries; that is the most allowed.',
  ]);
});

it('refuses by size before anything is read', async () => {
  const bytes = archiveOf(model);
  expect(await problemsOf(bytes, { limits: { maximumArchiveBytes: 10 } })).toEqual([
    `model.tar.gz: The archive has ${bytes.length} bytes; this platform takes at most 10.`,
  ]);
});

it('reads extended headers up to their limit', async () => {
  const extended = (bytes: number) => archiveOf({ path: 'L', typeFlag: 'L', content: 'p'.padEnd(bytes, '\0') }, model);
  expect(await problemsOf(extended(600), { servable: null })).toEqual([]);
  expect(await problemsOf(extended(601), { servable: null })).toEqual([
    'model.tar.gz: The tar archive has an extended header of 601 bytes; at most 600 are read.',
  ]);
});
