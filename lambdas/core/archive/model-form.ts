// Which format a model file has, by its first bytes, whatever a library called it.
// The serving image chooses by the same rule: serving-image/inference_server/model_form.py

// biome-ignore-all lint/suspicious/noControlCharactersInRegex: they are bytes.

/** Endings of pickles, and what joblib and gzip append to them. */
export const PICKLE_NAME = /\.(pkl|pickle|joblib|sav)(\.(gz|z|bz2|xz|lzma|lz4))?$/i;

/** The name that stands for the format in `SERVABLE_MODEL_FILES`; first bytes, as Latin 1; a name, where bytes alone do not tell. */
const forms: readonly (readonly [form: string, firstBytes: RegExp, name?: RegExp])[] = [
  ['model.xgb.json', /^\{[ \t\r\n]*"learner"[ \t\r\n]*:/],
  // UBJSON: `L`, the length of the key in eight bytes, the key.
  ['model.ubj', /^\{L[\s\S]{8}learner/],
  ['model.lgb.txt', /^tree\r?\n/],
  ['model.cbm', /^CBM1/],
  ['model.cat.json', /^\{[ \t\r\n]*"(ctr_data|features_info)"[ \t\r\n]*:/],
  // Protocol 2 to 5; not what torch.save wrote before its zip archives, a pickled number of ten bytes.
  ['model.pkl', /^\x80[\x02-\x05](?!\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19)/],
  // gzip, zlib, bzip2, xz, lzma, lz4: what joblib's `compress` writes. What is in them only the name says.
  ['model.pkl', /^(\x1f\x8b|\x78[\x01\x5e\x9c\xda]|BZh|\xfd7zXZ\0|\x5d\0|\x04\x22\x4d\x18)/, PICKLE_NAME],
  ['model.skops', /^PK\x03\x04/, /\.skops$/i],
  // protobuf: the first field is ir_version, the second one of ModelProto's others.
  ['model.onnx', /^\x08[\x01-\x7f][\x12\x1a\x22\x2a\x32\x3a\x42]/, /\.onnx$/i],
];

/** Null: neither its first bytes nor its name say that it is a model. */
export function modelForm(name: string, head: Buffer): string | null {
  const bytes = head.toString('latin1');
  const found = forms.find(([, firstBytes, needed]) => firstBytes.test(bytes) && (needed?.test(name) ?? true));
  return found?.[0] ?? null;
}
