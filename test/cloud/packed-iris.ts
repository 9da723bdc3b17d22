// Real archives of the iris example: trained, packed, and broken in the ways that people break them.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const python = join(ROOT, '.venv/serving/bin/python');
const run = (args: string[]) =>
  execFileSync(python, args, { cwd: ROOT, env: { ...process.env, PYTHONPATH: 'serving-image' }, stdio: 'pipe' });

/** Trains and packs; returns the path of `model.tar.gz`. `label` makes archives of one model differ. */
export function packIris(directory: string, model: 'random-forest' | 'gradient-boosting', label: string): string {
  const folder = join(directory, model);
  run(['examples/iris/train.py', '--model', model, '--output', folder]);
  const archive = join(folder, `${label}.tar.gz`);
  const names = ['--class-names', 'setosa', 'versicolor', 'virginica'];
  const features = ['--feature-names', 'sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  const golden = ['--golden', 'examples/iris/golden-rows.json', '--label', label];
  run([
    '-m',
    'model_packing',
    '--model',
    join(folder, 'model.pkl'),
    ...names,
    ...features,
    ...golden,
    '--output',
    archive,
  ]);
  return archive;
}

/** The same archive, cut off in the middle. */
export function truncated(archive: string): string {
  const path = archive.replace('.tar.gz', '-truncated.tar.gz');
  const bytes = readFileSync(archive);
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
  return path;
}

/** The same model with golden cases that it does not meet. */
export function withWrongGoldenCases(archive: string): string {
  const path = archive.replace('.tar.gz', '-wrong.tar.gz');
  const program = [
    'import io, json, sys, tarfile',
    'source, target = tarfile.open(sys.argv[1]), tarfile.open(sys.argv[2], "w:gz")',
    'for member in source:',
    '    data = source.extractfile(member).read()',
    '    if member.name == "golden.json":',
    '        data = data.replace(b"setosa", b"tulip")',
    '        member.size = len(data)',
    '    target.addfile(member, io.BytesIO(data))',
    'target.close()',
  ].join('\n');
  run(['-c', program, archive, path]);
  return path;
}
