// Trains the iris model and packs it, as `examples/iris/README.md` describes.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'serving', 'bin', 'python');
const CLASS_NAMES = ['setosa', 'versicolor', 'virginica'];
const FEATURE_NAMES = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'];

export interface PackedModel {
  file: string;
  sha256: string;
  bytes: number;
  goldenCases: number;
  modelType: string;
  /** On the fifth of the data that it was not trained with. */
  accuracy: number;
}

/** @param directory gets `model.pkl` and `model.tar.gz` */
export async function trainAndPack(
  directory: string,
  signal: AbortSignal,
  model: 'random-forest' | 'gradient-boosting' = 'random-forest',
): Promise<PackedModel> {
  const python = async (...parameters: string[]) => {
    const env = { ...process.env, PYTHONPATH: join(ROOT, 'serving-image'), PYTHONDONTWRITEBYTECODE: '1' };
    const { stdout } = await promisify(execFile)(PYTHON, parameters, { cwd: ROOT, env, signal });
    return JSON.parse(stdout);
  };
  const { accuracy, path } = await python('examples/iris/train.py', '--model', model, '--output', directory);
  const packed = await python(
    ...['-m', 'model_packing', '--json', '--model', path, '--output', join(directory, 'model.tar.gz')],
    ...['--class-names', ...CLASS_NAMES, '--feature-names', ...FEATURE_NAMES],
    ...['--golden', 'examples/iris/golden-rows.json'],
  );
  const { output, sha256, bytes, goldenCases } = packed;
  return { file: output, sha256, bytes, goldenCases, modelType: packed.model.modelType, accuracy };
}
