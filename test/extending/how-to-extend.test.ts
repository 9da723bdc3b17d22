// docs/how-to-extend.md is followed to the letter: a made-up setting goes into a copy of the sources, and arrives at SageMaker.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { blocks, ROOT, read } from '../docs/markdown.ts';

/** Of source files, beside the documentation and what is generated: more would mean that the road has a detour. */
const MOST_FILES = 6;

interface Change {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

function changeOf(block: string): Change {
  const [head = '', ...lines] = block.split('\n').filter((line) => line !== '');
  const text = (signs: string) => lines.filter((line) => signs.includes(line[0]!)).map((line) => `${line.slice(1)}\n`);
  return { file: head.replace('--- ', ''), before: text(' -').join(''), after: text(' +').join('') };
}
const changes = blocks(read('docs/how-to-extend.md'), 'diff').map(changeOf);

let copy: string;
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'extended-'));
  for (const part of ['state-machine', 'lambdas', 'tsconfig.json', 'package.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, before, after } of changes) {
    const parts = readFileSync(join(copy, file), 'utf8').split(before);
    expect({ file, found: parts.length - 1 }).toEqual({ file, found: 1 });
    writeFileSync(join(copy, file), parts.join(after));
  }
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

const run = (script: string, ...parameters: string[]) =>
  promisify(execFile)(process.execPath, [script, ...parameters], { cwd: copy });

test(`a setting touches at most ${MOST_FILES} source files`, () => {
  const files = new Set(changes.map(({ file }) => file));
  expect(files.size).toBeGreaterThan(2);
  expect(files.size).toBeLessThanOrEqual(MOST_FILES);
});

test('and goes from the request to the call', async () => {
  writeFileSync(
    join(copy, 'follow.ts'),
    `import { SageMakerClient } from '@aws-sdk/client-sagemaker';
    import { sageMakerEndpointConfigs } from './lambdas/aws/sagemaker-endpoint-configs.ts';
    import { realtime } from './lambdas/core/hosting/realtime.ts';
    import { keepSettings } from './lambdas/core/request/keep-settings.ts';
    import { RolloutRequestSchema } from './state-machine/contract/request.ts';
    const asked = RolloutRequestSchema.parse({ hosting: { type: 'realtime', volumeGigabytes: 64 } });
    const platform = { defaultInstanceType: 'ml.m5.large', maximumInstances: 4 } as never;
    // It was asked for once, and the next request leaves it out.
    const { hosting } = keepSettings({}, { settings: { hosting: asked.hosting }, from: 'a release' }).wanted;
    const wanted = realtime.resolve({ hosting: hosting as never, scaling: undefined }, platform);
    const model = { name: 'primary', role: 'production', modelName: 'm', artifactSha256: '', imageDigest: '', weight: 1 };
    const content = realtime.endpointConfig({ ...wanted, dataCapture: null }, [model as never]);
    const client = new SageMakerClient({ region: 'us-east-1' });
    client.send = (async ({ input }: { input: object }) => console.log(JSON.stringify(input))) as never;
    await sageMakerEndpointConfigs(client).create({ name: 'c', ...content, metrics: null }, {});`,
  );
  const { stdout } = await run('follow.ts');
  expect(JSON.parse(stdout)).toMatchObject({ ProductionVariants: [{ VolumeSizeInGB: 64 }] });
});

test('and every place that has to know of it compiles', async () => {
  const options = {
    extends: './tsconfig.json',
    include: ['state-machine', 'lambdas'],
    compilerOptions: { types: ['node'] },
  };
  writeFileSync(join(copy, 'copy.json'), JSON.stringify(options));
  await expect(run('node_modules/typescript/bin/tsc', '-p', 'copy.json')).resolves.toMatchObject({ stdout: '' });
}, 120_000);
