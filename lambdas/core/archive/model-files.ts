// Which model an archive holds, and whether the image can serve it.
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { PICKLE_NAME } from './model-form.ts';

/** Where problems of the archive as a whole are placed. */
export const ARCHIVE = 'model.tar.gz';

/** How to tell a kind, what it is called, and the name that it must have to be served. */
const kinds: readonly (readonly [pattern: RegExp, kind: string, servedAs?: string])[] = [
  [/\.onnx$/i, 'an ONNX model', 'model.onnx'],
  [/^saved_model\.pb(txt)?$/, 'a TensorFlow SavedModel'],
  [/\.(h5|hdf5|keras)$/i, 'a Keras model'],
  [/\.tflite$/i, 'a TensorFlow Lite model'],
  [/\.(pt|pth|ckpt)$/i, 'a PyTorch model'],
  [/^pytorch_model.*\.bin$/, 'a PyTorch model of Hugging Face'],
  [/\.safetensors$/i, 'a model in safetensors'],
  [/\.gguf$/i, 'a model in GGUF'],
  [/\.ubj$/i, 'an XGBoost model', 'model.ubj'],
  [/\.(bst|xgb)$|^xgboost-model$/i, 'an XGBoost model', 'model.ubj'],
  [/\.(lgb|lgbm)$|^lightgbm.*\.txt$/i, 'a LightGBM model', 'model.lgb.txt'],
  [/\.cbm$/i, 'a CatBoost model', 'model.cbm'],
  [/^MLmodel$/, 'an MLflow model'],
  [/\.pmml$/i, 'a PMML model'],
  [/\.skops$/i, 'a skops model', 'model.skops'],
  [/\.mar$/i, 'a TorchServe archive'],
  [/\.joblib$/i, 'a pickled model', 'model.joblib'],
  [PICKLE_NAME, 'a pickled model', 'model.pkl'],
];

export const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
export const listed = (names: readonly string[], last = 'or') => names.join(', ').replace(/, ([^,]*)$/, ` ${last} $1`);

/** The one folder that everything lies in, or null. */
function singleFolder(files: readonly string[]): string | null {
  const folders = new Set(files.map((file) => (file.includes('/') ? file.slice(0, file.indexOf('/')) : null)));
  const [folder] = folders;
  return folders.size === 1 && folder !== undefined ? folder : null;
}

/** What is known of the contents: the format of a file, and what is wrong with one that should be of a format. */
export interface KnownContents {
  formOf: (path: string) => string | null;
  fault: (path: string, form: string) => Problem | null;
}
const nothingKnown: KnownContents = { formOf: () => null, fault: () => null };

/** `servable`: names of files at the archive's root, any of which the image serves; null: the image takes anything. */
export function modelProblem(
  files: readonly string[],
  servable: readonly string[] | null,
  { formOf, fault }: KnownContents = nothingKnown,
): Problem | null {
  if (files.length === 0)
    return problem(ARCHIVE, `The archive holds no file. Put ${listed(servable ?? ['the model'])} into it.`);
  if (servable === null || servable.some((name) => files.includes(name))) return null;

  const serves = `The image serves ${listed(servable)}, at the root of the archive`;
  const misplaced =
    files.find((file) => servable.includes(baseName(file))) ?? files.find((file) => formOf(file) !== null);
  if (misplaced !== undefined) {
    const folder = singleFolder(files);
    const remedy =
      folder !== null && misplaced === `${folder}/${baseName(misplaced)}`
        ? `tar it from inside the folder: tar -czf model.tar.gz -C ${folder} .`
        : `Put it at the root: ${serves.charAt(0).toLowerCase()}${serves.slice(1)}.`;
    return problem(misplaced, `The model lies in a folder. ${remedy}`);
  }
  for (const [pattern, kind, servedAs] of kinds) {
    const found = files.find((file) => pattern.test(baseName(file)));
    if (found === undefined) continue;
    const wrong = servedAs === undefined ? null : fault(found, servedAs);
    if (wrong !== null) return wrong;
    const remedy =
      servedAs !== undefined && servable.includes(servedAs)
        ? `Name it ${servedAs}`
        : 'Pack such a model, or name in the request an image that serves this one';
    return problem(found, `The archive holds ${kind}. ${serves}. ${remedy}.`);
  }
  const some = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
  return problem(ARCHIVE, `The archive holds no model file. ${serves}. It holds ${some}.`);
}
