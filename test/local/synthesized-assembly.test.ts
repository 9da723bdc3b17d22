// The assembly that local clouds share: made once, and anew as soon as anything changes that it is made of.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync } from 'esbuild';
import { SOURCES, synthesizedAssembly } from '../../local/cloud/synthesized-assembly.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const root = mkdtempSync(join(tmpdir(), 'assembly-test-'));
const directory = join(root, 'assemblies');
afterAll(() => rmSync(root, { recursive: true, force: true }));

beforeAll(() => {
  for (const source of SOURCES) {
    if (source.includes('.')) writeFileSync(join(root, source), '{}');
    else mkdirSync(join(root, source, 'deep'), { recursive: true });
  }
  writeFileSync(join(root, 'lambdas', 'deep', 'task.ts'), 'one');
  mkdirSync(join(root, 'serving-image'), { recursive: true });
  for (const target of ['requirements.txt', 'server.py']) writeFileSync(join(root, 'serving-image', target), 'one');
  writeFileSync(join(root, 'serving-image', 'Dockerfile'), 'COPY requirements.txt server.py /\n');
});

async function assembly(parameters: string[] = []): Promise<{ folder: string; isMade: boolean }> {
  let isMade = false;
  const synthesize = async (output: string) => {
    isMade = true;
    mkdirSync(output);
    writeFileSync(join(output, 'manifest.json'), '{}');
  };
  const folder = await synthesizedAssembly(parameters, synthesize, { root, directory });
  expect(readdirSync(folder)).toEqual(['manifest.json']);
  return { folder, isMade };
}

test('it is made once for the same sources and parameters', async () => {
  const first = await assembly();
  expect(first.isMade).toBe(true);
  expect(await assembly()).toEqual({ folder: first.folder, isMade: false });
  expect((await assembly(['--context', 'a=b'])).isMade).toBe(true);
});

test.each([
  ['lambdas/deep/task.ts'],
  ['infra/another.ts'],
  ['cdk.json'],
  ['package-lock.json'],
  ['serving-image/server.py'],
])('a change of %s makes another', async (file) => {
  await assembly();
  writeFileSync(join(root, file), 'two');
  expect((await assembly()).isMade).toBe(true);
});

test('a synth that fails leaves nothing, and the next one is made', async () => {
  const failing = synthesizedAssembly(
    ['fails'],
    async (output) => {
      mkdirSync(output);
      throw new Error('no synth');
    },
    { root, directory },
  );
  await expect(failing).rejects.toThrow('no synth');
  expect(readdirSync(directory).filter((name) => name.includes('.'))).toEqual([]);
  expect((await assembly(['fails'])).isMade).toBe(true);
});

test('of two processes that make it at once, both have it', async () => {
  const other = async (output: string) => {
    const assemblyOfOther = join(directory, basename(output).split('.')[0]!);
    for (const folder of [assemblyOfOther, output]) {
      mkdirSync(folder);
      writeFileSync(join(folder, 'manifest.json'), '{}');
    }
  };
  const folder = await synthesizedAssembly(['twice'], other, { root, directory });
  expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
});

test('those that were not used for longest are removed', async () => {
  const oldest = await assembly(['1']);
  for (const number of ['2', '3', '4', '5', '6', '7']) await assembly([number]);
  expect(readdirSync(directory)).toHaveLength(6);
  expect(existsSync(oldest.folder)).toBe(false);
});

test('the app imports nothing but what it is made of', () => {
  const { metafile } = buildSync({
    ...{ entryPoints: [join(ROOT, 'infra', 'app.ts')], absWorkingDir: ROOT, write: false, metafile: true },
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'error' },
  });
  const read = Object.keys(metafile.inputs);
  expect(read.length).toBeGreaterThan(20);
  expect(read.filter((path) => !SOURCES.includes(path.split('/')[0]!))).toEqual([]);
});
