// Real archives of the iris example: trained, packed, and broken in the ways that people break them.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
export const python = join(ROOT, '.venv/serving/bin/python');
const options = { cwd: ROOT, env: { ...process.env, PYTHONPATH: 'serving-image' } };
const run = promisify(execFile);

/** Trains and packs; returns the path of `model.tar.gz`. */
export async function packIris(directory: string, model: 'random-forest' | 'gradient-boosting'): Promise<string> {
  const folder = join(directory, model);
  await run(python, ['examples/iris/train.py', '--model', model, '--output', folder], options);
  const archive = join(folder, 'model.tar.gz');
  const names = ['--class-names', 'setosa', 'versicolor', 'virginica'];
  const features = ['--feature-names', 'sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  const golden = ['--golden', 'examples/iris/golden-rows.json', '--label', model];
  const parameters = ['--model', join(folder, 'model.pkl'), ...names, ...features, ...golden, '--output', archive];
  await run(python, ['-m', 'model_packing', ...parameters], options);
  return archive;
}

/** Packs `model.pkl` of a folder; returns the path of the archive there. */
export async function packModel(folder: string, label: string, more: readonly string[]): Promise<string> {
  const archive = join(folder, `${label}.tar.gz`);
  const parameters = ['--model', join(folder, 'model.pkl'), '--label', label, '--output', archive, ...more];
  await run(python, ['-m', 'model_packing', ...parameters], options);
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
export const withWrongGoldenCases = (archive: string): string =>
  altered(archive, 'wrong', { 'golden.json': 'data.replace(b"setosa", b"tulip")' });

/** Says nothing of the model's digest any more. */
const describedAnew = (more: string) =>
  `json.dumps({**{k: v for k, v in json.loads(data).items() if k != "sha256"}, ${more}}).encode()`;

const LEFT_TO_SCIKIT_LEARN = describedAnew('"parity": {"servedBy": "scikit-learn", "reason": "a test"}');

/** A model that can be loaded and answers no row: the container ends as it starts, again and again. */
export const unanswering = (archive: string): string =>
  altered(archive, 'unanswering', {
    'model.pkl': 'pickle.dumps(unanswering(), protocol=4)',
    'model.json': 'b"{}"',
  });

/** The same model, left to scikit-learn: its trial has none, so that only an endpoint finds what is wrong with it. */
export const untriable = (archive: string): string =>
  altered(archive, 'untriable', { 'model.json': LEFT_TO_SCIKIT_LEARN });

/** Each tree of the forest thirty times, left to scikit-learn: the same answers, a few hundred milliseconds later. */
export const slowed = (archive: string): string =>
  altered(archive, 'slow', {
    'model.pkl': 'pickle.dumps(slowed(pickle.loads(data)), protocol=4)',
    'model.json': LEFT_TO_SCIKIT_LEARN,
  });

/** The archive with another content of some files: what a Python expression makes of its bytes, `data`. */
function altered(archive: string, name: string, contents: Record<string, string>): string {
  const path = archive.replace('.tar.gz', `-${name}.tar.gz`);
  const program = [
    'import io, json, pickle, sys, tarfile',
    'def slowed(model):',
    '    model.estimators_ *= 30',
    '    model.n_estimators *= 30',
    '    return model',
    'def unanswering():',
    '    from sklearn.linear_model import LinearRegression',
    '    model = LinearRegression().fit([[0, 1, 2, 3], [1, 2, 3, 5]], [0, 1])',
    '    model.coef_ *= float("nan")',
    '    return model',
    'source, target = tarfile.open(sys.argv[1]), tarfile.open(sys.argv[2], "w:gz")',
    'for member in source:',
    '    data = source.extractfile(member).read()',
    ...Object.entries(contents).map(([file, bytes]) => `    if member.name == "${file}": data = ${bytes}`),
    '    member.size = len(data)',
    '    target.addfile(member, io.BytesIO(data))',
    'target.close()',
  ];
  execFileSync(python, ['-c', program.join('\n'), archive, path], { ...options, stdio: 'pipe' });
  return path;
}
