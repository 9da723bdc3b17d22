// The tag follows the content of what the image is built from, and nothing else.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { servingImageTag } from '../../infra/serving-image-tag.ts';

const directory = mkdtempSync(join(tmpdir(), 'image-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const write = (path: string, text: string) => {
  mkdirSync(join(directory, path, '..'), { recursive: true });
  writeFileSync(join(directory, path), text);
};

it('changes with the Dockerfile and what it copies, not with anything else', () => {
  write(
    'Dockerfile',
    'FROM a AS b\nCOPY requirements.txt /tmp/\nCOPY server /opt/server\nFROM a\nCOPY --from=b /opt /opt',
  );
  write('requirements.txt', 'numpy');
  write('server/app.py', 'one');
  const first = servingImageTag('full', directory);
  expect(first).toMatch(/^src-full-[0-9a-f]{16}$/);

  write('server/__pycache__/app.pyc', 'compiled');
  write('tests/test_app.py', 'test');
  write('README.md', 'read me');
  write('.venv/bin/python', 'python');
  expect(servingImageTag('full', directory)).toBe(first);

  const changes: [string, string][] = [
    ['server/app.py', 'two'],
    ['server/more/app.py', 'two'],
    ['requirements.txt', 'scipy'],
    ['Dockerfile', 'FROM c AS b\nCOPY requirements.txt /tmp/\nCOPY server /opt/server'],
  ];
  const tags = changes.map(([path, text]) => {
    write(path, text);
    return servingImageTag('full', directory);
  });
  expect(new Set([first, ...tags]).size).toBe(5);
});

it('tells two files apart from one with both contents', () => {
  const tagOf = (...files: [string, string][]) => {
    rmSync(join(directory, 'server'), { recursive: true });
    for (const [path, text] of files) write(path, text);
    return servingImageTag('full', directory);
  };
  expect(tagOf(['server/a', 'bc'])).not.toBe(tagOf(['server/a', 'b'], ['server/c', '']));
  expect(tagOf(['server/a', 'one'])).not.toBe(tagOf(['server/b', 'one']));
});

it('is a valid tag for the serving image itself', () => {
  expect(servingImageTag('full')).toMatch(/^src-full-[0-9a-f]{16}$/);
  expect(servingImageTag('lite')).toMatch(/^src-lite-[0-9a-f]{16}$/);
});
