// What an archive may name, and where its links may lead: at each limit, and for any path.
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { MAXIMUM_GOLDEN_CASES_BYTES } from '../../lambdas/core/archive/limits.ts';
import { notGzip } from '../../lambdas/core/archive/magic.ts';
import { foldersOf, linkDestination, normalised, pathProblem } from '../../lambdas/core/archive/paths.ts';
import type { TarEntryType } from '../../lambdas/core/archive/tar-reader.ts';
import { runs } from '../setup/runs.ts';
import { inspect, problemsOf } from './inspect.ts';
import { archiveOf, entry, header, pax, tarOf, withChecksum, zeroBlocks } from './tar-by-hand.ts';

const segment = fc.constantFrom('a', 'b', '.', '..', '', 'l');
const text = fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('/'));

test('a path is refused where it leaves the folder, and where any reader might think so', () => {
  fc.assert(
    fc.property(text, fc.constantFrom('/', '\\'), (path, slash) => {
      const spelt = path.replaceAll('/', slash);
      const parts = path.split('/');
      expect(pathProblem(spelt) === null).toBe(!parts.includes('..') && !spelt.startsWith('/'));
    }),
  );
  expect(['C:/x', 'c:\\x', 'C:x', '1:/x', 'a/C:/x'].map((path) => pathProblem(path) === null)).toEqual([
    ...[false, false, true, true, true],
  ]);
});

test('control characters are refused, others are not', () => {
  for (let code = 0; code < 256; code++) {
    const isControl = code < 32 || code === 127;
    const path = `a${String.fromCharCode(code)}b`;
    expect([code, pathProblem(path)?.includes('control') ?? false]).toEqual([code, isControl]);
  }
});

test.each<[string, string, string]>([
  ['32 folders', `${'d/'.repeat(31)}f`, `${'d/'.repeat(32)}f`],
  ['255 bytes of a name', 'ü'.repeat(127), 'ü'.repeat(128)],
  [
    '1,024 bytes of a path',
    `${'x'.repeat(204)}/`.repeat(4) + 'y'.repeat(204),
    `${'x'.repeat(204)}/`.repeat(4) + 'y'.repeat(205),
  ],
])('%s are allowed, and no more', (_name, most, more) => {
  expect([pathProblem(most), pathProblem(more)]).toEqual([null, expect.stringMatching(/at most/)]);
});

/** As the system resolves it that extracts the archive, where no folder is a link. */
function reference(type: TarEntryType, path: string, target: string): string | null {
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  // Behind a name, `..` leads wherever that name leads: it may be a link.
  const names = parts.slice(
    parts.findLastIndex((part, at) => part === '..' && parts.slice(0, at).every((one) => one === '..')) + 1,
  );
  if (target === '' || target.startsWith('/') || names.includes('..')) return null;
  const folder = type === 'symbolicLink' ? posix.dirname(normalised(path)) : '.';
  const found = posix.join(folder, ...parts);
  return found === '..' || found.startsWith('../') ? null : normalised(found);
}

test('a link leads where the system would follow it, or is refused', () => {
  const inside = fc
    .array(fc.constantFrom('a', 'b', 'l', '.'), { minLength: 1, maxLength: 4 })
    .map((parts) => [...parts, 'link'].join('/'));
  fc.assert(
    fc.property(
      fc.constantFrom('symbolicLink' as const, 'hardLink' as const),
      inside,
      text,
      (type, path, linkTarget) => {
        expect(linkDestination({ type, path, linkTarget, size: 0 })).toBe(reference(type, path, linkTarget));
      },
    ),
    { numRuns: runs(2000) },
  );
  for (const linkTarget of ['', '/x', 'C:\\x', 'a\0b']) {
    expect(linkDestination({ type: 'symbolicLink', path: 'l', linkTarget, size: 0 })).toBeNull();
  }
});

test('the folders of a path are all that it lies in', () => {
  expect([...foldersOf('a/b/c')]).toEqual(['a', 'a/b']);
  expect([...foldersOf('a')]).toEqual([]);
});

test.each<[string, string, RegExp]>([
  ['zip', '504b030414000000', /a zip archive/],
  ['bzip2', '425a683931415926', /bzip2/],
  ['xz', 'fd377a585a000004', /xz/],
  ['zstd', '28b52ffd24011100', /zstd/],
  ['7-Zip', '377abcaf271c0004', /7-Zip/],
  ['pickle', '8004950000000000', /a pickle/],
  ['HDF5', '894844460d0a1a0a', /HDF5/],
  ['text', '68656c6c6f206f75', /^It is not a gzip file\. Make it/],
  ['almost gzip', '1f8c080000000000', /^It is not a gzip file\. Make it/],
  ['gzip the other way round', '8b1f080000000000', /^It is not a gzip file\. Make it/],
])('%s is told from gzip by its first bytes', (_name, hex, told) => {
  expect(notGzip(Buffer.from(hex, 'hex'))).toMatch(told);
});
test('gzip is gzip, and of one byte nothing is known', () => {
  expect([notGzip(gzipSync('x')), notGzip(Buffer.from([0x50])), notGzip(Buffer.alloc(0))]).toEqual([null, null, null]);
  expect(notGzip(Buffer.from([0x50, 0x4b]))).not.toBeNull();
});

describe('limits', () => {
  const model = { path: 'model.pkl', content: 'a model' };
  const bytes = archiveOf(model);

  test('of the archive, and of what it unpacks to, to the byte', async () => {
    const unpacked = tarOf(model).length;
    const limited = async (limits: object) => (await problemsOf(bytes, { limits })).length;
    expect(await limited({ maximumArchiveBytes: bytes.length })).toBe(0);
    expect(await limited({ maximumArchiveBytes: bytes.length - 1 })).toBe(1);
    expect(await limited({ maximumUnpackedBytes: unpacked })).toBe(0);
    expect(await limited({ maximumUnpackedBytes: unpacked - 1 })).toBe(1);
  });

  test('of golden.json', async () => {
    const one = '{"cases": [{"name": "one", "request": {"body": 1}, "expect": {"status": 200}}]}';
    const golden = { path: 'golden.json', content: one.padEnd(MAXIMUM_GOLDEN_CASES_BYTES) };
    expect(await problemsOf(archiveOf(model, golden))).toEqual([]);
  });
});

describe('numbers of a header', () => {
  const model = { path: 'model.pkl', content: 'a model' };
  /** The model's header with a field of another value. */
  const changed = (start: number, value: string) => {
    const block = header(model);
    block.write(value, start, 'latin1');
    withChecksum(block);
    return gzipSync(Buffer.concat([block, entry(model).subarray(512), zeroBlocks()]));
  };

  // Mode, user, group, time, and the device's two numbers.
  test.each([100, 108, 116, 136, 329, 337])('that at %d is octal, or in base 256, or refused', async (start) => {
    for (const good of [
      '0000644\0',
      '     17\0',
      '\x80\0\0\0\0\0\0\x01',
      '\xff\xff\xff\xff\xff\xff\xff\xfe',
      '\0\0\0\0\0\0\0\0',
    ]) {
      expect(await problemsOf(changed(start, good))).toEqual([]);
    }
    for (const bad of ['0000648\0', 'sixteen\0', '-000001\0', '+0000644']) {
      expect(await problemsOf(changed(start, bad))).toEqual([expect.stringMatching(/header of "model\.pkl" cannot/)]);
    }
  });

  test('the size of a PAX header counts, and is a number that can be counted', async () => {
    const sized = (size: string) => problemsOf(archiveOf(pax({ size }), model));
    expect(await sized('7')).toEqual([]);
    for (const bad of ['', '-7', '7 ', '0x7', '9007199254740993']) {
      expect(await sized(bad)).toEqual([expect.stringMatching(/size that cannot be read|PAX header/)]);
    }
  });

  test('a prefix counts only where it is one', async () => {
    const prefixed = (magic: string) => {
      const block = header({ path: 'other', magic });
      block.write('..', 345);
      return problemsOf(gzipSync(Buffer.concat([withChecksum(block), entry(model), zeroBlocks()])));
    };
    expect(await prefixed('ustar\x0000')).toEqual([expect.stringMatching(/^\.\.\/other: Its path leads upwards/)]);
    // What GNU keeps there is no path.
    expect(await prefixed('ustar  \0')).toEqual([]);
  });
});

test('what is refused is not served: no sink sees its content', async () => {
  const golden = { path: '../golden.json', content: '{"cases": []}' };
  const { problems, goldenCases } = await inspect(archiveOf({ path: 'model.pkl', content: 'x' }, golden));
  expect([problems.map(({ where }) => where), goldenCases]).toEqual([['../golden.json'], null]);
});
