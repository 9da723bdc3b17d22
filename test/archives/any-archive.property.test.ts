// Properties: no spoilt archive passes as something else, each is read to an end, and every well-formed one passes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { tarReader } from '../../lambdas/core/archive/tar-reader.ts';
import { codePoint } from '../setup/code-point.ts';
import { runs } from '../setup/runs.ts';
import { inspect } from './inspect.ts';
import { entry, type HandEntry, pax, tarOf, withChecksum, zeroBlocks } from './tar-by-hand.ts';

// On busy machines.
jest.setTimeout(60_000);

const base = gzipSync(
  tarOf(
    pax({ path: `long/${'x'.repeat(150)}`, mtime: '1.5' }),
    { path: 'long', content: 'y' },
    { path: 'model.pkl', content: Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7919) % 251)) },
    { path: 'code/l', typeFlag: '2', linkTarget: '../model.pkl' },
  ),
);
const unpacked = gunzipSync(base);
const pieceBytes = fc.constantFrom(1, 13, 512, 100_000);

it('the archive to spoil is accepted', async () => {
  expect((await inspect(base)).problems).toEqual([]);
});

it('truncated anywhere, it is refused', async () => {
  const cut = fc.integer({ min: 0, max: base.length - 1 });
  await fc.assert(
    fc.asyncProperty(cut, pieceBytes, async (length, size) => {
      const { problems, sha256 } = await inspect(base.subarray(0, length), { pieceBytes: size });
      expect(problems).toHaveLength(1);
      expect(sha256).toBeNull();
    }),
    { numRuns: runs(300) },
  );
});

it('with bits flipped, it is refused or unpacks to the same bytes', async () => {
  const flips = fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(flips, pieceBytes, async (all, size) => {
      const bytes = Buffer.from(base);
      for (const [at, mask] of all) bytes[at]! ^= mask;
      const { problems } = await inspect(bytes, { pieceBytes: size });
      if (problems.length === 0) expect(gunzipSync(bytes).equals(unpacked)).toBe(true);
    }),
    { numRuns: runs(300) },
  );
});

it('with bits flipped before it is compressed, it is read to an end', async () => {
  const flips = fc.array(fc.tuple(fc.nat(unpacked.length - 1), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(flips, pieceBytes, async (all, size) => {
      const bytes = Buffer.from(unpacked);
      for (const [at, mask] of all) bytes[at]! ^= mask;
      const { problems, sha256 } = await inspect(gzipSync(bytes, { level: 1 }), { pieceBytes: size });
      if (problems.length === 0) expect(sha256).not.toBeNull();
    }),
    { numRuns: runs(500) },
  );
});

it('any bytes, as a file or as headers with fitting checksums, are read to an end', async () => {
  const wild: fc.Arbitrary<HandEntry> = fc.record({
    path: fc.string({ maxLength: 99, unit: codePoint }),
    typeFlag: fc.constantFrom(...'01234567xXgLKSVDMN\0'),
    content: fc.oneof(fc.string({ maxLength: 600 }), fc.constant('12 path=../x'), fc.constant('0 a=b\n')),
    linkTarget: fc.string({ maxLength: 99 }),
    size: fc.oneof(
      fc.nat(2000),
      fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
    ),
  });
  const wildBytes = fc
    .array(wild, { maxLength: 6 })
    .map((entries) => Buffer.concat([...entries.map(entry), zeroBlocks()]));
  const anyBytes = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
  await fc.assert(
    fc.asyncProperty(fc.oneof(wildBytes, anyBytes), fc.boolean(), pieceBytes, async (bytes, compressed, size) => {
      const { problems } = await inspect(compressed ? gzipSync(bytes) : bytes, { pieceBytes: size });
      for (const { where, message } of problems) {
        expect(where.length).toBeLessThanOrEqual(200);
        expect(message.length).toBeLessThanOrEqual(500);
      }
    }),
    { numRuns: runs(500) },
  );
});

describe('any well-formed archive of ordinary files', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_ ü-]{1,60}$/).filter((text) => text.trim() === text);
  const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
  // With a suffix, so that no file is another's folder.
  const files = fc.uniqueArray(
    fc.tuple(
      path.map((text) => `${text}.f`),
      fc.uint8Array({ maxLength: 2000 }),
    ),
    {
      selector: ([text]) => text,
      maxLength: 12,
    },
  );
  const entriesOf = (all: [string, Uint8Array][], dotted: boolean): HandEntry[] =>
    [['model.pkl', new Uint8Array(1)] as [string, Uint8Array], ...all].flatMap(([text, content]) => {
      const full = dotted ? `./${text}` : text;
      const file = { path: full, content: Buffer.from(content) };
      return Buffer.byteLength(full) > 100 || Buffer.byteLength(full) !== full.length
        ? [pax({ path: full }), { ...file, path: 'x' }]
        : [file];
    });

  it('passes, however it is cut into members and pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        files,
        fc.boolean(),
        fc.integer({ min: 50, max: 5000 }),
        pieceBytes,
        async (all, dotted, member, size) => {
          const tar = tarOf(...entriesOf(all, dotted));
          const members: Buffer[] = [];
          for (let at = 0; at < tar.length; at += member) members.push(gzipSync(tar.subarray(at, at + member)));
          const bytes = Buffer.concat(members);
          const sha256 = createHash('sha256').update(bytes).digest('hex');
          expect(await inspect(bytes, { pieceBytes: size })).toEqual({ sha256, problems: [], goldenCases: null });
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('is read as it was written', () => {
    fc.assert(
      fc.property(files, fc.boolean(), (all, dotted) => {
        const entries = entriesOf(all, dotted);
        const prefix = dotted ? './' : '';
        const expected = [['model.pkl', new Uint8Array(1)] as const, ...all].map(([text, content]) => ({
          path: prefix + text,
          type: 'file',
          content: Buffer.from(content).toString('hex'),
        }));
        expect(read(tarOf(...entries))).toEqual(expected);
      }),
      { numRuns: runs(300) },
    );
  });
});

it("what is accepted, Python's tarfile reads as we do", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'any-archive-'));
  try {
    // Bytes above 127 are left out: for names that are not UTF-8, Python has a spelling of its own.
    const flip = fc.tuple(fc.nat(unpacked.length - 1), fc.integer({ min: 1, max: 127 }));
    const accepted: Buffer[] = [];
    for (const flips of fc.sample(fc.array(flip, { minLength: 1, maxLength: 3 }), runs(2000))) {
      const bytes = Buffer.from(unpacked);
      for (const [at, mask] of flips) bytes[at]! ^= mask;
      // Headers are mended, or next to none would get past their checksum.
      for (const at of headersAt) withChecksum(bytes.subarray(at, at + 512));
      if ((await inspect(gzipSync(bytes, { level: 1 }), { servable: null })).problems.length === 0)
        accepted.push(bytes);
    }
    expect(accepted.length).toBeGreaterThan(runs(200));
    for (const [at, bytes] of accepted.entries()) writeFileSync(join(folder, String(at)), bytes);
    const answer = execFileSync('python3', ['-c', pythonReader, folder, String(accepted.length)], {
      maxBuffer: 2 ** 26,
    });
    const listed = JSON.parse(answer.toString()) as unknown[];
    for (const [at, bytes] of accepted.entries())
      expect(read(bytes).map(({ path, type, content }) => [path.replace(/\/+$/, ''), type, content])).toEqual(
        listed[at],
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const headersAt = [0, 1024, 2048, unpacked.length - 1536];
const pythonReader = `
import json, sys, tarfile
folder, count = sys.argv[1], int(sys.argv[2])
kinds = {"isfile": "file", "isdir": "directory", "islnk": "hardLink", "issym": "symbolicLink"}
def described(archive, member):
    kind = next((name for test, name in kinds.items() if getattr(member, test)()), "other")
    content = archive.extractfile(member).read().hex() if kind == "file" else ""
    return [member.name.rstrip("/"), kind, content]
result = []
for at in range(count):
    with tarfile.open(f"{folder}/{at}", encoding="utf-8") as archive:
        result.append([described(archive, member) for member in archive])
print(json.dumps(result))
`;

function read(tar: Buffer) {
  const entries: { path: string; type: string; content: string }[] = [];
  const reader = tarReader(({ path, type }) => {
    const read = { path, type: type as string, content: '' };
    entries.push(read);
    return (bytes) => {
      read.content += bytes.toString('hex');
    };
  });
  reader.push(tar);
  reader.end();
  return entries;
}
