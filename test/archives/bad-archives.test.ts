// Every way in which an archive is refused, and what its author reads.
import { gzipSync } from 'node:zlib';
import { inspect, problemsOf } from './inspect.ts';
import { archiveOf, entry, type HandEntry, header, pax, tarOf, withChecksum, zeroBlocks } from './tar-by-hand.ts';

// On busy machines.
jest.setTimeout(60_000);

const model: HandEntry = { path: 'model.pkl', content: 'a model' };
const gzip = (...parts: Buffer[]) => gzipSync(Buffer.concat(parts));
const good = archiveOf(model);
const flipped = (bytes: Buffer, at: number) => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? copy.length + at : at]! ^= 0x40;
  return copy;
};
it('has a good archive to spoil', async () => {
  expect(await problemsOf(good)).toEqual([]);
});

describe('gzip', () => {
  it.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /empty: it has 0 bytes/],
    ['a zip', Buffer.from('PK\x03\x04 and more'), /not a gzip file\. It is a zip archive/],
    ['a bare tar', tarOf(model), /not a gzip file\. It is a tar archive that is not compressed/],
    ['a bare pickle', Buffer.from('80049500', 'hex'), /not a gzip file\. It is a pickle/],
    ['text', Buffer.from('hello'), /not a gzip file\. Make it with/],
    ['one byte', Buffer.from([0x1f]), /truncated/],
    ['a truncated body', good.subarray(0, 60), /truncated/],
    ['a truncated trailer', good.subarray(0, -1), /truncated/],
    ['a truncated second member', Buffer.concat([good, gzipSync(Buffer.alloc(10)).subarray(0, 12)]), /truncated/],
    ['a damaged body', flipped(good, 40), /corrupt|truncated/],
    ['a wrong CRC', flipped(good, -6), /corrupt.*incorrect data check/],
    ['a wrong length', flipped(good, -2), /corrupt.*incorrect length check/],
    ['garbage after it', Buffer.concat([good, Buffer.from('garbage')]), /corrupt: something else than gzip data/],
    [
      'garbage after padding',
      Buffer.concat([good, Buffer.alloc(600), Buffer.from('x')]),
      /something else than zero padding/,
    ],
    ['a member after padding', Buffer.concat([good, Buffer.alloc(8), good]), /something else than zero padding/],
  ])('%s', async (_, bytes, message) => {
    for (const pieceBytes of [1, 7, 512, 65_536]) {
      const { problems, sha256 } = await inspect(bytes, { pieceBytes });
      // What it is instead of gzip shows only in a piece that is long enough.
      if (pieceBytes > 512 || !/not a gzip/.test(message.source))
        expect(problems).toEqual([{ where: 'model.tar.gz', message: expect.stringMatching(message) }]);
      expect(problems).toHaveLength(1);
      expect(sha256).toBeNull();
    }
  });
});

describe('tar', () => {
  const cut = (bytes: Buffer, length: number) => gzip(bytes.subarray(0, length));
  const many = tarOf({ path: 'first', content: 'x'.repeat(700) }, model);
  it.each<[string, Buffer, RegExp]>([
    ['no bytes', gzip(), /empty: there is nothing in the gzip data/],
    ['text', gzip(Buffer.from('just text')), /too short for a tar archive/],
    ['much text', gzip(Buffer.alloc(2000, 'text ')), /not a tar archive/],
    ['cut in a header', cut(many, 300), /too short/],
    ['cut in a file', cut(many, 900), /truncated: it ends in the middle/],
    ['cut in its padding', cut(many, 1500), /truncated: it ends in the middle/],
    ['cut between files', cut(many, 1536), /truncated: it ends without the zero blocks/],
    ['cut in a later header', cut(many, 1600), /truncated: it ends in the middle/],
    ['cut before its end', cut(many, many.length - 1024), /truncated: it ends without the zero blocks/],
    ['a wrong header checksum', gzip(entry(model), flipped(entry({ path: 'x' }), 3), zeroBlocks()), /wrong checksum/],
    ['files after its end', gzip(tarOf(model), tarOf({ path: 'second' })), /something follows the zero blocks/],
    ['files after one zero block', gzip(entry(model), zeroBlocks(1), tarOf({ path: 'second' })), /something follows/],
    ['a negative size', archiveOf({ ...model, size: Buffer.alloc(12, 0xff) }), /size of "model.pkl" cannot be read/],
    [
      'a size with another sign before it',
      archiveOf({ ...model, size: Buffer.from('+00000000007') }),
      /size of "model.pkl" cannot be read/,
    ],
    [
      'a size that goes on behind a blank',
      archiveOf({ ...model, size: Buffer.from('0000007 0000') }),
      /size of "model.pkl" cannot be read/,
    ],
    [
      'a size above 2^53',
      archiveOf({ ...model, size: Buffer.from([0x80, ...Array(11).fill(0xff)]) }),
      /size of "model.pkl" cannot be read/,
    ],
    [
      'a size in words',
      archiveOf({ ...model, size: Buffer.from('seven bytes!') }),
      /size of "model.pkl" cannot be read/,
    ],
    ['a size beyond the archive', archiveOf({ ...model, size: 99_999 }), /truncated: it ends in the middle/],
    [
      'a pipe with content',
      archiveOf({ path: 'pipe', typeFlag: '6', content: 'content' }, model),
      /"pipe" is no file and yet has 7 bytes/,
    ],
    [
      'a symbolic link with content',
      archiveOf({ path: 's', typeFlag: '2', linkTarget: 'model.pkl', content: 'content' }, model),
      /"s" is no file and yet has 7 bytes/,
    ],
    [
      'a link with content',
      archiveOf({ path: 'l', typeFlag: '1', linkTarget: 'model.pkl', content: 'content' }, model),
      /"l" is no file and yet/,
    ],
    [
      'a PAX length that lies',
      archiveOf({ path: 'p', typeFlag: 'x', content: '99 path=other\n' }, model),
      /PAX header cannot be read/,
    ],
    [
      'a PAX record without end',
      archiveOf({ path: 'p', typeFlag: 'x', content: '14 path=other' }, model),
      /PAX header cannot be read/,
    ],
    ['a PAX size in words', archiveOf(pax({ size: '1e3' }), model), /PAX header states a size/],
    ['a global PAX path', archiveOf(pax({ path: 'other' }, 'g'), model), /global PAX header/],
    ['a PAX header of nothing', archiveOf(model, pax({ path: 'other' })), /ends with a header of nothing/],
  ])('%s', async (_, bytes, message) => {
    for (const pieceBytes of [100, 65_536]) {
      const { problems, sha256 } = await inspect(bytes, { pieceBytes });
      expect(problems).toEqual([{ where: 'model.tar.gz', message: expect.stringMatching(message) }]);
      expect(sha256).toBeNull();
    }
  });

  it('takes a PAX size for a header that states less', async () => {
    const inner = tarOf({ path: 'inner' });
    const bytes = archiveOf(pax({ size: String(inner.length) }), { path: 'data', size: 0, content: inner }, model);
    expect(await problemsOf(bytes)).toEqual([]);
  });
});

describe('entries', () => {
  it.each<[string, HandEntry[], string, RegExp]>([
    ['an absolute path', [{ path: '/model.pkl' }], '/model.pkl', /absolute/],
    ['a Windows path', [{ path: 'C:\\model.pkl' }], 'C:\\model.pkl', /absolute/],
    ['a path out', [{ path: '../model.pkl' }], '../model.pkl', /leads upwards/],
    ['a path out and in again', [{ path: 'a/../b' }], 'a/../b', /leads upwards/],
    ['a path out with backslashes', [{ path: '..\\other' }], '..\\other', /leads upwards/],
    ['a folder out', [{ path: '..', typeFlag: '5' }], '..', /leads upwards/],
    [
      'a GNU long path out',
      [{ path: 'L', typeFlag: 'L', content: '../other\0' }, { path: 'x' }],
      '../other',
      /leads upwards/,
    ],
    ['a PAX path out', [pax({ path: '/other' }), { path: 'x' }], '/other', /absolute/],
    [
      'a PAX path behind a GNU one',
      [pax({ path: '../other' }), { path: 'L', typeFlag: 'L', content: 'good\0' }, { path: 'x' }],
      '../other',
      /leads upwards/,
    ],
    ['control characters', [{ path: 'a\nb' }], 'a b', /control characters/],
    [
      'a deep path',
      [pax({ path: `${'d/'.repeat(33)}f` }), { path: 'x' }],
      `${'d/'.repeat(33)}f`,
      /34 folders deep; at most 32/,
    ],
    [
      'a long path',
      [pax({ path: Array(6).fill('n'.repeat(200)).join('/') }), { path: 'x' }],
      expect.any(String),
      /1205 bytes; at most 1024/,
    ],
    ['a long name', [pax({ path: 'n'.repeat(256) }), { path: 'x' }], expect.any(String), /name of 256 bytes/],
    ['no name', [{ path: './', typeFlag: '1', linkTarget: 'model.pkl' }], './', /no name/],
    [
      'a symbolic link to an absolute path',
      [{ path: 'l', typeFlag: '2', linkTarget: '/model.pkl' }],
      'l',
      /leads out of the archive/,
    ],
    ['a symbolic link out', [{ path: 'd/l', typeFlag: '2', linkTarget: '../../other' }], 'd/l', /leads out/],
    ['a symbolic link through another', [{ path: 'd/l', typeFlag: '2', linkTarget: 's/../../x' }], 'd/l', /leads out/],
    [
      'a symbolic link by PAX',
      [pax({ linkpath: '../other' }), { path: 'l', typeFlag: '2', linkTarget: 'model.pkl' }],
      'l',
      /leads out/,
    ],
    [
      'a symbolic link by GNU',
      [
        { path: 'K', typeFlag: 'K', content: '/other\0' },
        { path: 'l', typeFlag: '2', linkTarget: 'model.pkl' },
      ],
      'l',
      /leads out/,
    ],
    ['a hard link out', [{ path: 'd/l', typeFlag: '1', linkTarget: '../model.pkl' }], 'd/l', /leads out/],
    [
      'a hard link to nothing',
      [{ path: 'l', typeFlag: '1', linkTarget: 'nothing' }],
      'l',
      /no such file comes before it/,
    ],
    [
      'a file within a link',
      [{ path: 'd', typeFlag: '2', linkTarget: '.' }, { path: 'd/x' }],
      'd',
      /"d\/x" lies in it/,
    ],
    ['a file within a file', [{ path: 'd' }, { path: 'd/x' }], 'd', /"d\/x" lies in it/],
    [
      'a link made of a folder afterwards',
      [{ path: 'd/x' }, { path: 'd', typeFlag: '2', linkTarget: '.' }],
      'd',
      /"d\/x" lies in it/,
    ],
    ['a character device', [{ path: 'null', typeFlag: '3' }], 'null', /device/],
    ['a block device', [{ path: 'sda', typeFlag: '4' }], 'sda', /device/],
    ['a pipe', [{ path: 'pipe', typeFlag: '6' }], 'pipe', /FIFO/],
    ['a label', [{ path: 'label', typeFlag: 'V' }], 'label', /neither file, folder nor link/],
    ['a sparse file of GNU', [{ path: 'holes', typeFlag: 'S' }], 'holes', /--sparse/],
    [
      'a sparse file of PAX',
      [pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'holes' }), { path: 'GNUSparseFile.0/holes' }],
      'holes',
      /--sparse/,
    ],
    ['the same file twice', [{ path: 'a' }, { path: './a' }], './a', /twice/],
    ['the same file twice by PAX', [{ path: 'a' }, pax({ path: './/a' }), { path: 'b' }], './/a', /twice/],
    ['a folder that is a file', [{ path: 'a' }, { path: 'a/', typeFlag: '5' }], 'a/', /twice/],
  ])('%s', async (_, entries, where, message) => {
    const { problems, sha256 } = await inspect(archiveOf(...entries, model));
    expect(problems).toEqual([{ where, message: expect.stringMatching(message) }]);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('reports all of them at once', async () => {
    const bytes = archiveOf(
      { path: '/a' },
      { path: '../b' },
      { path: 'c', typeFlag: '3' },
      { path: 'golden.json', content: '[]' },
    );
    expect((await inspect(bytes)).problems.map(({ where }) => where)).toEqual([
      'model.tar.gz',
      '/a',
      '../b',
      'c',
      'golden.json',
    ]);
  });

  it('distinguishes case', async () => {
    expect(await problemsOf(archiveOf(model, { path: 'Model.pkl' }))).toEqual([]);
  });

  it('skips the map of a sparse file, and goes on', async () => {
    const sparse = header({ path: 'holes', typeFlag: 'S', size: 512 });
    sparse[482] = 1;
    const map = Buffer.alloc(1024, 1);
    map[512 + 504] = 0;
    const bytes = gzip(
      withChecksum(sparse),
      map,
      Buffer.alloc(512, 'x'),
      entry({ path: '/other' }),
      entry(model),
      zeroBlocks(),
    );
    expect((await inspect(bytes)).problems.map(({ where }) => where)).toEqual(['holes', '/other']);
  });
});
