// What lies beside the model and would be ignored in silence: a serving script, a second estimator. Named at the upload.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { shortened } from '../problems/shortened.ts';
import type { FileBeginnings, FirstBytes } from './first-bytes.ts';
import { baseName } from './model-files.ts';
import { modelForm } from './model-form.ts';

/** Models of other frameworks, which no reader here tells by their bytes. HDF5 is left out: it may be data. */
const OTHER_MODEL = /\.(onnx|skops|keras|tflite|pt|pth|safetensors|gguf|cbm)$|^saved_model\.pb$/i;

export interface Beside {
  /** The author's files that are neither the model nor named by `ignore`. */
  files: readonly string[];
  /** The file that is served; null when that is not known, and nothing is said of a second one. */
  model: string | null;
  /** Whether the archive may run code: then modules beside the model are loaded with it. */
  trusted: boolean;
}

export function besideTheModel(beginnings: FileBeginnings, { files, model, trusted }: Beside): Problem[] {
  return files.flatMap((path) => {
    const begins = beginnings.of(path);
    if (begins === undefined) return [];
    if (isServingScript(path, begins, trusted)) return [problem(path, script(path))];
    return model !== null && isModel(path, begins) ? [problem(path, second(path, model))] : [];
  });
}

function isServingScript(path: string, { hasServingFunction }: FirstBytes, trusted: boolean): boolean {
  return hasServingFunction || (!trusted && baseName(path) === 'inference.py');
}

function isModel(path: string, { head, size }: FirstBytes): boolean {
  return modelForm(baseName(path), head) !== null || (size > 0 && OTHER_MODEL.test(baseName(path)));
}

/** The folder at the root that a file lies in, or the file itself. */
const aside = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/') + 1) : path);
const waysForward = (path: string) =>
  `name an image of your own in the request, or let it be ignored: "ignore": ["${shortened(path, 100)}"]`;

const script = (path: string) =>
  `It is a script for SageMaker's script mode (model_fn, predict_fn), which the image does not run: it would be ignored in silence. Put what it does into the model's Pipeline, ${waysForward(aside(path))}.`;

const second = (path: string, model: string) =>
  `It is a second model beside ${model}, which alone is served: it would be ignored in silence. Put both into one Pipeline and save that, ${waysForward(path)}.`;
