// The package of the function that tries models: what is in it, and that Lambda takes it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { SERVING_IMAGE_DIRECTORY, servingImageTag } from '../../infra/serving-image-tag.ts';
import { trialPackage } from '../../infra/trial-package.ts';
import { unzip } from '../../local/ministack/unzip.ts';
import { zip } from '../../local/ministack/zip.ts';

const MEGABYTE = 1_048_576;
/** Amazon Linux 2023: https://docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html */
const NEWEST_GLIBC = [2, 34];

describe('the package', () => {
  const archive = readFileSync(trialPackage());
  const entries = unzip(archive, () => true);
  const paths = entries.map(({ path }) => path);
  const under = (folder: string) => paths.filter((path) => path.startsWith(`${folder}/`));

  it('is within what Lambda takes: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html', () => {
    expect(archive.length).toBeLessThan(50 * MEGABYTE);
    const unzipped = entries.reduce((sum, { content }) => sum + content.length, 0);
    expect(unzipped).toBeGreaterThan(20 * MEGABYTE);
    expect(unzipped).toBeLessThan(250 * MEGABYTE);
  });

  it('holds the code of the server and of the trial, what they need, and nothing that serves HTTP', () => {
    expect(paths).toContain('model_trial/handler.py');
    expect(paths).toContain('inference_server/load_model.py');
    for (const needed of ['numpy', 'orjson', 'lz4']) expect(under(needed).length).toBeGreaterThan(0);
    for (const left of ['uvloop', 'httptools', 'sklearn', 'botocore']) expect(under(left)).toEqual([]);
    expect(paths.filter((path) => /__pycache__|\.pyc$|(^|\/)tests\//.test(path))).toEqual([]);
  });

  it('knows the tags of the images of its own source, and whose they are', () => {
    const tags = JSON.parse(entries.find(({ path }) => path === 'image-tags.json')!.content.toString());
    expect(tags).toEqual({ [servingImageTag('full')]: 'full', [servingImageTag('lite')]: 'lite' });
  });

  it('is for Linux on x86_64 with the glibc of Lambda, and everybody may read it', () => {
    const libraries = entries.filter(({ path }) => /\.so(\.|$)/.test(path));
    expect(libraries.length).toBeGreaterThan(5);
    for (const { path, content } of libraries) {
      // ELF, of 64 bits, for x86-64: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
      expect([path, content.subarray(0, 5).toString('latin1'), content.readUInt16LE(18)]).toEqual([
        path,
        '\x7fELF\x02',
        62,
      ]);
      const versions = [...content.toString('latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, a, b]) => [
        Number(a),
        Number(b),
      ]);
      const tooNew = versions.filter(
        ([a = 0, b = 0]) => a > NEWEST_GLIBC[0]! || (a === NEWEST_GLIBC[0] && b > NEWEST_GLIBC[1]!),
      );
      expect([path, tooNew]).toEqual([path, []]);
    }
    expect(entries.filter(({ mode }) => (mode & 0o444) !== 0o444)).toEqual([]);
  });
});

test('the function, its packages and the image have the same Python', () => {
  const [, image] = /PYTHON_IMAGE=python:(3\.\d+)-/.exec(
    readFileSync(join(SERVING_IMAGE_DIRECTORY, 'Dockerfile'), 'utf8'),
  )!;
  const prepare = readFileSync(join(import.meta.dirname, '../../scripts/prepare.mjs'), 'utf8');
  const [, packages] = /LAMBDA_PYTHON = '(3\.\d+)'/.exec(prepare)!;
  expect([packages, Runtime.PYTHON_3_13.name]).toEqual([image, `python${image}`]);
});

test('what is zipped is unzipped, as far as it is wanted', () => {
  const entries = ['a.py', 'b/c.so', 'd'].map((path, index) => ({
    path,
    content: Buffer.from(path.repeat(index)),
    mode: 0o755,
  }));
  expect(unzip(zip(entries), () => true)).toEqual(entries);
  expect(unzip(zip(entries), (path) => path === 'd').map(({ path }) => path)).toEqual(['d']);
  expect(() => unzip(Buffer.from('no archive, but long enough'), () => true)).toThrow('no ZIP archive');
});
