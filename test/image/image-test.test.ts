// The pure parts of the image test: what it reads out of the Dockerfile, an image's configuration, a list of parts; how it reports.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVING_IMAGE_DIRECTORY } from '../../infra/serving-image-tag.ts';
import { baseImage, debianSuite } from '../../local/image-test/base-image.ts';
import { mustRun, runCommand } from '../../local/image-test/engine.ts';
import { configProblems, healthCheck, type ImageConfig } from '../../local/image-test/image-config.ts';
import { checkLine, isPassed, summary } from '../../local/image-test/report.ts';
import { sbomProblems } from '../../local/image-test/sbom.ts';

const dockerfile = readFileSync(join(SERVING_IMAGE_DIRECTORY, 'Dockerfile'), 'utf8');

describe('the base', () => {
  it('is that of the Dockerfile, on a Debian that it names', () => {
    expect(debianSuite(baseImage(dockerfile))).toMatch(/^[a-z]+$/);
  });
  it.each(['FROM python', 'ARG PYTHON_IMAGE'])('is missed in: %s', (text) => {
    expect(() => baseImage(text)).toThrow(/no line ARG PYTHON_IMAGE/);
  });
  it('must name its Debian', () => {
    expect(() => debianSuite('python:3.13')).toThrow(/python:3\.13 does not name its Debian/);
  });
});

describe('the Dockerfile', () => {
  const stages = [...dockerfile.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => ({ from, name }));
  it('builds full where no target is named, and both of a stage without tools', () => {
    expect(stages.at(-1)).toEqual({ from: 'base', name: 'full' });
    expect(stages).toContainEqual({ from: 'base', name: 'lite' });
    expect(stages[0]).toEqual({ from: expect.stringContaining('PYTHON_IMAGE'), name: 'base' });
  });
  it('installs nothing without hashes', () => {
    const installs = dockerfile.replaceAll('\\\n', ' ').match(/pip( --python \S+)? install[^&\n]*/g)!;
    expect(installs).toHaveLength(4);
    for (const install of installs) expect(install).toMatch(/--require-hashes/);
  });
});

const good: ImageConfig = {
  Architecture: 'amd64',
  Os: 'linux',
  Size: 1,
  ManifestType: 'application/vnd.docker.distribution.manifest.v2+json',
  Config: {
    User: '10001:10001',
    Entrypoint: ['/opt/venv/bin/python3', '-m', 'inference_server'],
    Cmd: ['serve'],
    Labels: {
      'com.amazonaws.sagemaker.capabilities.accept-bind-to-port': 'true',
      'com.amazonaws.sagemaker.capabilities.multi-models': 'true',
    },
    Healthcheck: { Test: ['CMD', 'check'] },
  },
};

describe('the configuration', () => {
  it('is fine', () => expect(configProblems(good)).toEqual([]));
  it('is fine without a format, which Docker does not know before it pushes', () => {
    const { ManifestType: _, ...unknown } = good;
    expect(configProblems(unknown)).toEqual([]);
  });
  it('has its health check in one of two places', () => {
    const { Healthcheck, ...config } = good.Config;
    expect(healthCheck({ ...good, Config: config, Healthcheck: Healthcheck! })).toEqual(['CMD', 'check']);
    expect(healthCheck({ ...good, Config: config })).toEqual([]);
  });
  it.each<[string, Partial<ImageConfig>, Partial<ImageConfig['Config']>, RegExp]>([
    ['another processor', { Architecture: 'arm64' }, {}, /linux\/arm64/],
    ['OCI', { ManifestType: 'application/vnd.oci.image.manifest.v1+json' }, {}, /oci.image.*SageMaker takes Docker's/],
    ['no user', {}, { User: '' }, /its user is ""/],
    ['root', {}, { User: '0:0' }, /its user is "0:0"/],
    ['root by name', {}, { User: 'root' }, /its user is "root"/],
    ['a shell', {}, { Entrypoint: ['/bin/sh', '-c', 'x'] }, /entry point is \/bin\/sh/],
    ['another command', {}, { Cmd: ['train'] }, /command is train/],
    ['no health check', {}, { Healthcheck: {} }, /health check is \[\]/],
    ['a health check by shell', {}, { Healthcheck: { Test: ['CMD-SHELL', 'curl'] } }, /CMD-SHELL/],
    ['a label less', {}, { Labels: { x: 'true' } }, /lacks the label .*accept-bind-to-port=true/],
  ])('is told apart from %s', (_, change, config, problem) => {
    expect(configProblems({ ...good, ...change, Config: { ...good.Config, ...config } }).join()).toMatch(problem);
  });
});

describe('the list of parts', () => {
  const part = (purl: string, name: string, version: string) => ({ name, version, purl });
  const components = [
    part('pkg:pypi/numpy@2.3.5', 'numpy', '2.3.5'),
    part('pkg:pypi/scikit-learn@1.8.0', 'scikit_learn', '1.8.0'),
    part('pkg:deb/debian/libc6@2.41?arch=amd64', 'libc6', '2.41'),
    { name: 'inference_server' },
  ];
  const text = (change: object = {}) =>
    JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components, ...change });
  const installed = { python: { numpy: '2.3.5', 'scikit-learn': '1.8.0' }, debian: { libc6: '2.41' } };

  it('is complete, whatever way names are spelt', () => expect(sbomProblems(text(), installed)).toEqual([]));
  it('names each version of what is there several times', () => {
    const two = [part('pkg:pypi/scikit-learn@1.5.2', 'scikit-learn', '1.5.2'), ...components];
    const found = { ...installed, python: { numpy: '2.3.5', 'scikit-learn': '1.5.2, 1.8.0' } };
    expect(sbomProblems(text({ components: two }), found)).toEqual([]);
  });
  it.each([
    ['no JSON', 'x', installed, /not JSON/],
    ['another format', text({ bomFormat: 'SPDX' }), installed, /not CycloneDX/],
    [
      'one of two versions',
      text(),
      { ...installed, python: { ...installed.python, numpy: '2.3.4, 2.3.5' } },
      /says 2\.3\.5/,
    ],
    ['a part less', text({ components: components.slice(1) }), installed, /numpy 2\.3\.5 is in the image, .* nothing/],
    ['a part more', text(), { ...installed, python: { numpy: '2.3.5' } }, /scikit-learn is in the list, and not/],
    ['another version', text(), { ...installed, debian: { libc6: '2.42' } }, /libc6 2\.42 .* the list says 2\.41/],
    ['an image in which nothing was found', text(), { ...installed, debian: {} }, /nothing of pkg:deb/],
  ])('is told apart from %s', (_, sbom, found, problem) => {
    expect(sbomProblems(sbom, found).join('\n')).toMatch(problem);
  });
});

describe('the report', () => {
  const passed = { name: 'serve', problems: [], seconds: 1.24 };
  const failed = { name: 'stop', problems: ['it hung\nfor long'], seconds: 30 };
  const target = (checks: (typeof passed | typeof failed)[]) => ({
    target: 'lite',
    bytes: 181.4e6,
    buildSeconds: 1,
    checks,
  });

  it('says what failed, and why', () => {
    expect(checkLine(passed)).toBe('  ok     serve (1.2 s)');
    expect(checkLine(failed)).toBe('  FAILED stop (30.0 s)\n         it hung\n         for long');
    expect(summary([target([passed, failed])])).toBe('lite: 181 MB, 1 of 2 checks failed');
    expect(summary([target([passed])])).toBe('lite: 181 MB, all 1 checks passed');
  });
  it('passes only what was checked, and has no problem', () => {
    expect(isPassed([target([passed])])).toBe(true);
    expect(isPassed([target([passed]), target([passed, failed])])).toBe(false);
    expect(isPassed([target([])])).toBe(false);
    expect(isPassed([])).toBe(false);
  });
});

it('says what to install where there is neither Docker nor Podman, and ends with 2', async () => {
  const command = join(import.meta.dirname, '../../local/image-test-command.ts');
  const { status, stderr } = await runCommand(process.execPath, [command], { env: { PATH: '/nowhere' } });
  expect(status).toBe(2);
  expect(stderr).toMatch(/Podman lacks podman, buildah, runc, conmon, mmdebstrap\. .*apt-get install buildah podman/s);
});

describe('a command', () => {
  it('is run to its end, with its input', async () => {
    expect(await runCommand('cat', [], { input: 'hello' })).toEqual({ status: 0, stdout: 'hello', stderr: '' });
    expect((await runCommand('false', [])).status).toBe(1);
  });
  it('that is not there ends with 127', async () => {
    expect((await runCommand('no-such-command-here', [])).status).toBe(127);
  });
  it('that must succeed tells what it said last', async () => {
    await expect(mustRun('sh', ['-c', 'echo because; exit 3'])).rejects.toThrow(/status 3:\nbecause/);
  });
});
