// An archive whose model is a class of its author's: it doubles, unless it can open a socket.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AUTHORS_MODULE } from '../../local/image-test/authors-module.ts';

const ROOT = join(import.meta.dirname, '../..');
const PICKLE = 'import pickle; from author import Doubler; pickle.dump(Doubler(), open("../model.pkl", "wb"))';
const golden = {
  name: 'doubles',
  request: { body: { instances: [[21]] } },
  expect: { status: 200, json: { predictions: [{ prediction: 42 }] } },
};

/** The path of `<label>.tar.gz` in the directory, and its sha256. `label` makes archives differ. */
export function packAuthorsModel(directory: string, label: string): { archive: string; sha256: string } {
  const folder = join(directory, `authors-${label}`);
  mkdirSync(join(folder, 'code'), { recursive: true });
  writeFileSync(join(folder, 'code', 'author.py'), `# ${label}\n${AUTHORS_MODULE}`);
  writeFileSync(join(folder, 'golden.json'), JSON.stringify({ cases: [golden] }));
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  execFileSync(join(ROOT, '.venv/serving/bin/python'), ['-c', PICKLE], { cwd: join(folder, 'code'), env });
  const archive = join(directory, `${label}.tar.gz`);
  execFileSync('tar', ['-czf', archive, '-C', folder, '.']);
  return { archive, sha256: createHash('sha256').update(readFileSync(archive)).digest('hex') };
}
