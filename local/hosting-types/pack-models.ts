// Two models that know the same flowers: one trained as a random forest, one by gradient boosting.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MODELS, type ModelName } from './types.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'serving', 'bin', 'python');

/** @returns the paths of their archives, in folders of `directory` */
export async function packModels(directory: string, signal: AbortSignal): Promise<Record<ModelName, string>> {
  const env = { ...process.env, PYTHONPATH: join(ROOT, 'serving-image'), PYTHONDONTWRITEBYTECODE: '1' };
  const python = (...parameters: string[]) => promisify(execFile)(PYTHON, parameters, { cwd: ROOT, env, signal });
  const packed = MODELS.map(async (model): Promise<[ModelName, string]> => {
    const folder = join(directory, model);
    const archive = join(folder, 'model.tar.gz');
    await python('examples/iris/train.py', '--model', model, '--output', folder);
    await python(
      ...['-m', 'model_packing', '--model', join(folder, 'model.pkl'), '--label', model, '--output', archive],
      ...['--class-names', 'setosa', 'versicolor', 'virginica', '--golden', 'examples/iris/golden-rows.json'],
      ...['--feature-names', 'sepal_length', 'sepal_width', 'petal_length', 'petal_width'],
    );
    return [model, archive];
  });
  return Object.fromEntries(await Promise.all(packed)) as Record<ModelName, string>;
}
