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

it('changes with names and contents, not with caches and tests', () => {
  write('Dockerfile', 'FROM scratch');
  write('server/app.py', 'one');
  const first = servingImageTag(directory);
  expect(first).toMatch(/^src-[0-9a-f]{16}$/);

  write('server/__pycache__/app.pyc', 'compiled');
  write('tests/test_app.py', 'test');
  write('.venv/bin/python', 'python');
  expect(servingImageTag(directory)).toBe(first);

  write('server/app.py', 'two');
  const second = servingImageTag(directory);
  expect(second).not.toBe(first);
  rmSync(join(directory, 'server/app.py'));
  write('server/main.py', 'two');
  expect([first, second]).not.toContain(servingImageTag(directory));
});

it('is a valid tag for the serving image itself', () => {
  expect(servingImageTag()).toMatch(/^src-[0-9a-f]{16}$/);
});
