// What a model file really is, where its first bytes are of another kind than its name, and what to do about it.
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are bytes.

interface Kind {
  id: string;
  /** As Latin 1. */
  firstBytes: RegExp;
  words: string;
  /** Null: the model is to be saved anew under its name. */
  remedy: string | null;
}

const OTHER_IMAGE = 'Name in the request an image that serves it';
const DUMP = 'trees for people to read, without what predictions need';
const kind = (id: string, firstBytes: RegExp, words: string, remedy: string | null = null): Kind => ({
  ...{ id, firstBytes, words, remedy },
});

/** The first that fits counts. */
const kinds: readonly Kind[] = [
  kind(
    'gitLfs',
    /^version https:\/\/git-lfs\.github\.com\//,
    'a pointer of Git LFS, which stands for the file',
    'Fetch the file before you pack it: git lfs pull',
  ),
  kind(
    'html',
    /^\s*<(!doctype html|html|head|body)\b/i,
    'an HTML page',
    'A download that failed, or that asks to sign in, answers one: download the model again',
  ),
  kind(
    's3Error',
    /^\s*<\?xml\b[\s\S]*<Error>/,
    'an error message of S3',
    'The download failed, and the file says why: download the model again',
  ),
  kind('pmml', /^\s*<\?xml\b[\s\S]*<PMML\b/, 'a PMML model', OTHER_IMAGE),
  kind('xml', /^\s*<\?xml\b/, 'an XML document'),
  kind('lz4', /^\x04\x22\x4d\x18/, 'compressed with lz4', 'Decompress it: lz4 -d'),
  kind('zstd', /^\x28\xb5\x2f\xfd/, 'compressed with zstd', 'Decompress it'),
  kind('pyTorch', /^\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19/, 'a PyTorch model', OTHER_IMAGE),
  kind('pickle', /^\x80[\x02-\x05]/, 'a pickle', 'Name it model.pkl'),
  kind(
    'oldPickle',
    /^ccopy_reg\n_reconstructor\n/,
    'a pickle of protocol 0 or 1, which the image does not read',
    'Save the model with pickle.dump(model, file, protocol=4)',
  ),
  kind('hdf5', /^\x89HDF\r\n\x1a\n/, 'an HDF5 file, as Keras writes', OTHER_IMAGE),
  kind('npy', /^\x93NUMPY/, 'an array of NumPy, not a model'),
  kind('parquet', /^PAR1/, 'a Parquet table, not a model'),
  kind('gguf', /^GGUF/, 'a model in GGUF', OTHER_IMAGE),
  kind(
    'zip',
    /^PK\x03\x04/,
    'a zip archive',
    'Unpack it if the model is in it; what torch.save wrote needs an image of its own',
  ),
  kind('gzip', /^\x1f\x8b/, 'compressed with gzip', 'Decompress it: gunzip'),
  kind('lightGbm', /^tree\r?\n/, "a LightGBM model in LightGBM's text", 'Name it model.lgb.txt'),
  kind('catBoost', /^CBM1/, 'a CatBoost model', 'Name it model.cbm'),
  kind('catBoostJson', /^\{\s*"(ctr_data|features_info)"\s*:/, 'a CatBoost model in JSON', 'Name it model.cat.json'),
  kind('xgBoost', /^\{L[\s\S]{8}learner/, 'an XGBoost model in UBJSON', 'Name it model.ubj'),
  kind('xgBoost', /^\{\s*"learner"\s*:/, 'an XGBoost model in JSON', 'Name it model.xgb.json'),
  kind(
    'xgBoostDump',
    /^(\[\s*\{\s*"nodeid"|booster\[[0-9]+\]:)/,
    `what XGBoost's dump_model writes, ${DUMP}`,
    'Save the model with save_model("model.ubj")',
  ),
  kind(
    'lightGbmDump',
    /^\{"name": ?"tree", ?"version"/,
    `what LightGBM's dump_model writes, ${DUMP}`,
    'Save the model with save_model("model.lgb.txt")',
  ),
  kind('jsonObject', /^\s*\{/, 'JSON'),
  kind('jsonList', /^\s*\[/, 'JSON'),
];

/** What the readers take that stand behind a name. XGBoost's tells JSON from UBJSON by the first byte, whatever the name. */
const taken: Readonly<Record<string, readonly string[]>> = {
  'model.pkl': ['pickle', 'gzip', 'lz4'],
  'model.joblib': ['pickle', 'gzip', 'lz4'],
  'model.skops': ['zip'],
  'model.ubj': ['xgBoost', 'jsonObject'],
  'model.xgb.json': ['xgBoost', 'jsonObject'],
  'xgboost-model': ['xgBoost', 'jsonObject', 'pickle'],
  'model.lgb.txt': ['lightGbm'],
  'model.cbm': ['catBoost'],
  'model.cat.json': ['catBoostJson', 'jsonObject'],
};

/** What SageMaker's XGBoost called xgboost-model before 1.3, and scripts do since: a pickled Booster, old where its bytes are no UBJSON. */
const OLD_BOOSTER = /xgboost\.core(?=[\s\S]*handle)(?![\s\S]*\{L[\s\S]{8}(Config|Model))/;

const savedAnew: Readonly<Record<string, string>> = {
  'model.pkl': 'Save the model with pickle.dump',
  'model.joblib': 'Save the model with joblib.dump',
  'model.skops': 'Save the model with skops.io.dump',
  'model.onnx': 'Export the model to ONNX again',
  'model.ubj': 'Save the model with save_model("model.ubj")',
  'model.xgb.json': 'Save the model with save_model("model.xgb.json")',
  'xgboost-model': 'Load it with the XGBoost that wrote it, and save it with save_model("model.ubj")',
  'model.lgb.txt': 'Save the model with save_model("model.lgb.txt")',
  'model.cbm': 'Save the model with save_model("model.cbm")',
  'model.cat.json': 'Save the model with save_model("model.cat.json", format="json", pool=pool)',
};

/** `form`: the servable name whose reader the file is for. Null: nothing is known to be wrong. */
export function contentFault(form: string, { head, size }: { head: Buffer; size: number }): string | null {
  const anew = savedAnew[form] ?? 'Save the model anew';
  if (size === 0) return `It is empty: it has 0 bytes. ${anew}.`;
  const bytes = head.toString('latin1');
  const found = kinds.find(({ firstBytes }) => firstBytes.test(bytes));
  if (form === 'xgboost-model' && found?.id === 'pickle' && OLD_BOOSTER.test(bytes))
    return `It is a pickle with XGBoost's old binary format, from before XGBoost 1.6. ${anew}.`;
  if (found === undefined || taken[form]?.includes(found.id)) return null;
  return `Its first bytes are of another kind than its name: it is ${found.words}. ${found.remedy ?? anew}.`;
}

/** Of a file whose name says nothing: what those who wrote it take for a model. As other_kind.py of the serving image. */
export function otherKindFault(head: Buffer): string | null {
  const found = kinds.find(({ firstBytes }) => firstBytes.test(head.toString('latin1')));
  if (found === undefined || !found.id.endsWith('Dump')) return null;
  return `It is ${found.words}. ${found.remedy}.`;
}
