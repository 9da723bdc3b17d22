// Trains and packs the iris example, with the serving image's own Python.
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './run.ts';

const ROOT = join(import.meta.dirname, '..');
const EXAMPLE = join(ROOT, 'examples', 'iris');
const PYTHON = join(ROOT, '.venv', 'serving', 'bin', 'python');

/**
 * @param directory gets `model.pkl` and `model.tar.gz`, with metadata and golden cases
 * @throws with the end of Python's output when training or packing fails
 */
export async function packIris(directory: string, signal?: AbortSignal): Promise<{ archive: string; bytes: number }> {
  const archive = join(directory, 'model.tar.gz');
  const options = {
    cwd: ROOT,
    env: { PATH: `${dirname(PYTHON)}:${process.env.PATH}`, HOME: directory, PYTHONPATH: 'serving-image' },
    logFile: join(directory, 'iris.log'),
    signal,
  };
  await run(PYTHON, [join(EXAMPLE, 'train.py'), '--output', directory], options);
  const packing = ['-m', 'model_packing', '--model', join(directory, 'model.pkl'), '--output', archive];
  const classes = ['--class-names', 'setosa', 'versicolor', 'virginica'];
  const features = ['--feature-names', 'sepal_length', 'sepal_width', 'petal_length', 'petal_width'];
  await run(PYTHON, [...packing, ...classes, ...features, '--golden', join(EXAMPLE, 'golden-rows.json')], options);
  return { archive, bytes: (await stat(archive)).size };
}
