// What people's tools write passes: each listed as the tool's own reader lists it, with the checksum of the bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { inspect, problemsOf } from './inspect.ts';
import { archiveOf, entry, header, pax, tarOf, zeroBlocks } from './tar-by-hand.ts';

// On busy machines.
jest.setTimeout(60_000);

const golden = JSON.stringify({
  cases: [{ name: 'one', request: { body: { instances: [[1]] } }, expect: { status: 200 } }],
});
const folder = mkdtempSync(join(tmpdir(), 'good-archives-'));
const model = join(folder, 'model');

beforeAll(() => {
  mkdirSync(join(model, 'code', 'deep'), { recursive: true });
  writeFileSync(join(model, 'model.pkl'), Buffer.alloc(100_000, 'model '));
  writeFileSync(join(model, 'golden.json'), golden);
  writeFileSync(join(model, 'code', `${'long-name-'.repeat(15)}.py`), 'print(1)');
  writeFileSync(join(model, 'code', 'deep', 'naïve – 模型.txt'), 'text');
  writeFileSync(join(model, 'empty'), '');
  linkSync(join(model, 'model.pkl'), join(model, 'same-model.pkl'));
  symlinkSync('../model.pkl', join(model, 'code', 'link.pkl'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function expectAccepted(bytes: Buffer) {
  for (const pieceBytes of [1000, 65_536]) {
    const inspection = await inspect(bytes, { pieceBytes });
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(inspection).toEqual({ sha256, problems: [], goldenCases: golden });
  }
}

const made = (name: string, command: string, ...args: string[]) => {
  const file = join(folder, name);
  execFileSync(
    command,
    args.map((arg) => arg.replace('FILE', file)),
    { cwd: model, stdio: 'pipe' },
  );
  return readFileSync(file);
};

describe('GNU tar', () => {
  it.each(['gnu', 'oldgnu', 'pax', 'posix'])('%s, from inside the folder', async (format) => {
    await expectAccepted(made('gnu.tar.gz', 'tar', `--format=${format}`, '-czf', 'FILE', '.'));
  });
  it.each(['gnu', 'ustar', 'v7'])('%s, of named files', async (format) => {
    await expectAccepted(
      made('named.tar.gz', 'tar', `--format=${format}`, '-czf', 'FILE', 'model.pkl', 'golden.json', 'same-model.pkl'),
    );
  });
  it('with an extended attribute, and times to the nanosecond', async () => {
    await expectAccepted(made('x.tar.gz', 'tar', '--format=pax', '--xattrs', '--sort=name', '-czf', 'FILE', '.'));
  });
});

const python = `
import sys, tarfile
target, format = sys.argv[1:]
with tarfile.open(target, "w:gz", format=getattr(tarfile, format)) as archive:
    archive.add(".")
`;
it.each(['PAX_FORMAT', 'GNU_FORMAT'])("Python's tarfile, %s", async (format) => {
  await expectAccepted(made('python.tar.gz', 'python3', '-c', python, 'FILE', format));
});

it('tar-stream', async () => {
  const stream = pack();
  stream.entry({ name: 'model.pkl' }, 'model');
  stream.entry({ name: `${'x'.repeat(120)}/${'y'.repeat(120)}` }, 'y');
  stream.entry({ name: 'golden.json' }, golden);
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  await expectAccepted(gzipSync(Buffer.concat(chunks)));
});

describe('by hand, as tools write that may be missing here', () => {
  const files = [
    { path: 'model.pkl', content: 'model' },
    { path: 'golden.json', content: golden },
  ];
  const tar = tarOf(...files);

  it('bsdtar on macOS: AppleDouble files, and PAX records of its own', async () => {
    const apple = { path: './._model.pkl', content: Buffer.alloc(163, 5) };
    const records = pax({
      'LIBARCHIVE.xattr.com.apple.provenance': 'AQIA',
      'SCHILY.xattr.com.apple.provenance': '\x01\x02',
      mtime: '1.5',
    });
    await expectAccepted(
      archiveOf(
        { path: './._.', content: 'apple' },
        { path: './', typeFlag: '5' },
        records,
        apple,
        records,
        { path: './model.pkl', content: 'model' },
        { path: './._golden.json', content: '{' },
        { path: './golden.json', content: golden },
      ),
    );
  });
  it('git archive: a global header with a comment', async () => {
    await expectAccepted(archiveOf(pax({ comment: 'a'.repeat(40) }, 'g'), ...files));
  });
  it('SageMaker training jobs: ./ entries, zero padding within and after the gzip data', async () => {
    const dotted = files.map((file) => ({ ...file, path: `./${file.path}` }));
    const inner = Buffer.concat([tarOf({ path: './', typeFlag: '5' }, ...dotted), Buffer.alloc(8192)]);
    await expectAccepted(Buffer.concat([gzipSync(inner), Buffer.alloc(4096)]));
  });
  it('pigz and bgzip: many members, an empty one among them', async () => {
    const members = Array.from({ length: Math.ceil(tar.length / 100) }, (_, at) =>
      gzipSync(tar.subarray(at * 100, at * 100 + 100)),
    );
    await expectAccepted(Buffer.concat([...members, gzipSync(Buffer.alloc(0))]));
  });
  it('sizes in base 256, as GNU tar from 8 GiB on', async () => {
    const size = Buffer.alloc(12);
    size[0] = 0x80;
    size[11] = 5;
    await expectAccepted(archiveOf({ ...files[0]!, size }, files[1]!));
  });
  it('an empty size, and one behind blanks', async () => {
    const sized = (text: string) => Buffer.from(text.padEnd(12, '\0'));
    await expectAccepted(
      archiveOf({ path: 'd', typeFlag: '5', size: sized('') }, { ...files[0]!, size: sized('         5 ') }, files[1]!),
    );
  });
  it('a folder as before POSIX, a contiguous file, a signed checksum', async () => {
    const signed = header({ path: 'é', content: '' });
    let sum = 8 * 32;
    signed.forEach((_, at) => {
      if (at < 148 || at >= 156) sum += signed.readInt8(at);
    });
    signed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const parts = [
      signed,
      entry({ path: 'd/', typeFlag: '\0' }),
      entry({ ...files[0]!, typeFlag: '7' }),
      entry(files[1]!),
      zeroBlocks(),
    ];
    await expectAccepted(gzipSync(Buffer.concat(parts)));
  });
  it('one zero block at the end, which GNU tar and Python take', async () => {
    await expectAccepted(gzipSync(tar.subarray(0, tar.length - 512)));
  });
  it('the same folder twice, names in Latin 1, links inside', async () => {
    const latin = Buffer.concat([entry({ path: 'caf' })]);
    latin[3] = 0xe9;
    latin.fill(' ', 148, 156);
    const sum = latin.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    latin.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const rest = tarOf(
      { path: 'd/', typeFlag: '5' },
      { path: './d', typeFlag: '5' },
      ...files,
      { path: 'd/up', typeFlag: '2', linkTarget: '../model.pkl' },
      { path: 'root', typeFlag: '2', linkTarget: './d/' },
      { path: 'hard', typeFlag: '1', linkTarget: './model.pkl' },
    );
    await expectAccepted(gzipSync(Buffer.concat([latin, rest])));
  });
});

describe('the model', () => {
  const holding = (...paths: string[]) => archiveOf(...paths.map((path) => ({ path, content: 'x' })));

  it.each<[string, string[], string]>([
    [
      'in a folder',
      ['model/model.pkl', 'model/golden.txt', '._model'],
      'model/model.pkl: The model lies in a folder. tar it from inside the folder: tar -czf model.tar.gz -C model .',
    ],
    [
      'in one folder of two',
      ['a/model.pkl', 'b/x'],
      'a/model.pkl: The model lies in a folder. Put it at the root: the image serves model.pkl or model.joblib, at the root of the archive.',
    ],
    [
      'deep in a folder',
      ['a/b/model.pkl'],
      'a/b/model.pkl: The model lies in a folder. Put it at the root: the image serves model.pkl or model.joblib, at the root of the archive.',
    ],
    [
      'under another name',
      ['classifier.pkl'],
      'classifier.pkl: The archive holds a pickled model. The image serves model.pkl or model.joblib, at the root of the archive. Name it model.pkl.',
    ],
    [
      'of another kind',
      ['1/saved_model.pb'],
      '1/saved_model.pb: The archive holds a TensorFlow SavedModel. The image serves model.pkl or model.joblib, at the root of the archive. Pack such a model, or name in the request an image that serves this one.',
    ],
    [
      'missing',
      ['readme.md', '._model.pkl'],
      'model.tar.gz: The archive holds no model file. The image serves model.pkl or model.joblib, at the root of the archive. It holds readme.md.',
    ],
    [
      'litter alone',
      ['._model.pkl', '.DS_Store'],
      'model.tar.gz: The archive holds no file. Put model.pkl or model.joblib into it.',
    ],
  ])('%s', async (_, paths, problem) => {
    expect(await problemsOf(holding(...paths))).toEqual([problem]);
  });
  it.each(['model.onnx', 'model.pt', 'model.h5', 'model.safetensors', 'model.bst', 'xgboost-model'])(
    '%s is named',
    async (name) => {
      expect(await problemsOf(holding(name))).toEqual([
        expect.stringMatching(/^[^ ]+: The archive holds an? .*model.* The image serves model\.pkl or/),
      ]);
      expect(await problemsOf(holding(name), { servable: [name] })).toEqual([]);
      expect(await problemsOf(holding(name), { servable: null })).toEqual([]);
    },
  );
  it('may be a link to a file, and not one to nothing', async () => {
    const linked = (linkTarget: string) =>
      archiveOf({ path: 'v3.bin', content: 'x' }, { path: 'model.pkl', typeFlag: '2', linkTarget });
    expect(await problemsOf(linked('v3.bin'))).toEqual([]);
    expect(await problemsOf(linked('v4.bin'))).toEqual([expect.stringMatching(/no model file/)]);
  });
  it('is missing from an empty archive, whatever the image', async () => {
    expect(await problemsOf(archiveOf(), { servable: null })).toEqual([expect.stringMatching(/holds no file/)]);
  });
});

describe('golden.json', () => {
  const archive = (content: string | Buffer) =>
    archiveOf({ path: 'model.pkl', content: 'x' }, { path: './golden.json', content });

  it('may begin with a byte order mark', async () => {
    expect((await inspect(archive(`\uFEFF${golden}`))).goldenCases).toBe(golden);
  });
  it.each<[string, string | Buffer, RegExp]>([
    ['no JSON', '{', /^golden\.json: It is not JSON/],
    ['no cases', '{"cases": []}', /^golden\.json: cases: Found a list of 0/],
    ['null', 'null', /^golden\.json: Found null/],
    ['a wrong status', golden.replace('200', '700'), /^golden\.json: cases\.0\.expect\.status: Found 700/],
    ['an unknown key', golden.replace('"status"', '"state"'), /^golden\.json: cases\.0\.expect\.stat/],
    [
      'deep nesting',
      golden.replace('200', `200,"json":${'['.repeat(100)}${']'.repeat(100)}`),
      /^golden\.json: It nests deeper than 100/,
    ],
    ['too much', Buffer.alloc(2 ** 20 + 1, ' '), /^golden\.json: It has 1048577 bytes; at most 1048576/],
  ])('%s is a problem with its place', async (_, content, message) => {
    const inspection = await inspect(archive(content));
    expect(inspection.goldenCases).toBeNull();
    const texts = inspection.problems.map((each) => `${each.where}: ${each.message}`);
    expect(texts).toContainEqual(expect.stringMatching(message));
  });
  it('must be a file', async () => {
    const bytes = archiveOf(
      { path: 'model.pkl', content: 'x' },
      { path: 'golden.json', typeFlag: '2', linkTarget: 'model.pkl' },
    );
    expect(await problemsOf(bytes)).toEqual(['golden.json: It must be an ordinary file.']);
  });
  it('elsewhere than at the root is a file like any other', async () => {
    expect(
      await problemsOf(archiveOf({ path: 'model.pkl', content: 'x' }, { path: 'code/golden.json', content: '{' })),
    ).toEqual([]);
  });
});
