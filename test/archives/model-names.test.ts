// Which file is the model: by its name, or by its content where a library gave it another name; and what is told otherwise.
import { SERVABLE_MODEL_FILES } from '../../lambdas/core/archive/servable-model-files.ts';
import { problemsOf as problemsOfBytes } from './inspect.ts';
import { archiveOf, type HandEntry } from './tar-by-hand.ts';

const PICKLE = Buffer.from('80049503020000', 'hex');
const UBJSON = Buffer.from('7b4c00000000000000076c6561726e65727b', 'hex');
const XGBOOST_JSON = '{"learner":{"attributes":{}}}';
const CBM = 'CBM1\x28\x1a';
const CATBOOST_JSON = '{\n"features_info":{}}';
const BOOSTER = Buffer.concat([PICKLE, Buffer.from('xgboost.core\x94\x8c\x07Booster\x94}\x8c\x06handle')]);
const NEW_BOOSTER = Buffer.concat([BOOSTER, Buffer.from('\x96{L\0\0\0\0\0\0\0\x06Config{L')]);
const LIGHTGBM = 'tree\nversion=v4\n';
const LZ4 = Buffer.from('04224d186440a7', 'hex');
const GZIP = Buffer.from('1f8b080000000000', 'hex');
const ZIP = Buffer.from('504b030414000000', 'hex');

const problemsOf = (...entries: HandEntry[]) =>
  problemsOfBytes(archiveOf(...entries), { servable: [...SERVABLE_MODEL_FILES] });
const file = (path: string, content: string | Buffer): HandEntry => ({ path, content });
const SERVES =
  'The image serves model.pkl, model.joblib, model.skops, model.onnx, model.ubj, model.xgb.json, xgboost-model, model.lgb.txt, model.cbm or model.cat.json';

test.each<[string, string | Buffer]>([
  ['model.json', XGBOOST_JSON],
  ['iris.json', XGBOOST_JSON],
  ['model.bst', UBJSON],
  ['model.bin', UBJSON],
  ['xgb.model', UBJSON],
  ['model.txt', LIGHTGBM],
  ['model.lgb', LIGHTGBM],
  ['model.bin', CBM],
  ['catboost.json', CATBOOST_JSON],
  ['finalized_model.sav', PICKLE],
  ['model.bin', PICKLE],
  ['classifier.pkl', PICKLE],
  ['classifier.joblib', PICKLE],
  ['model.pkl.gz', GZIP],
  ['model.joblib.z', Buffer.from('789c7d53', 'hex')],
  ['iris.skops', ZIP],
  ['iris.onnx', Buffer.from('080a1208736b6c', 'hex')],
])('%s is accepted where its content says what it is', async (name, content) => {
  expect(await problemsOf(file(name, content), file('readme.md', 'x'))).toEqual([]);
});

test.each<[string, string, string]>([
  ['model.bst', 'binf', 'model.ubj'],
  ['classifier.sav', '(dp0', 'model.pkl'],
  ['model.pkl.gz', 'x', 'model.pkl'],
  ['lightgbm_model.txt', 'Tree', 'model.lgb.txt'],
])('of %s that does not say so, the exact new name is told', async (name, content, told) => {
  expect(await problemsOf(file(name, content))).toEqual([
    expect.stringMatching(`^${name}: The archive holds .* Name it ${told}\\.$`),
  ]);
});

test('a description is no model, and a text is none because of its ending', async () => {
  const described = file('model.json', '{"classNames": ["a", "b"]}');
  expect(await problemsOf(described, file('features.txt', 'age\nincome\n'))).toEqual([
    `model.tar.gz: The archive holds no model file. ${SERVES}, at the root of the archive. It holds model.json, features.txt.`,
  ]);
  expect(await problemsOf(described, file('model.pkl', PICKLE))).toEqual([]);
});

test('what dump_model wrote is told from a model, whatever its name', async () => {
  expect(await problemsOf(file('trees.txt', 'booster[0]:\n0:[f0<0.03]'))).toEqual([
    `trees.txt: It is what XGBoost's dump_model writes, trees for people to read, without what predictions need. Save the model with save_model("model.ubj").`,
  ]);
});

describe('two models', () => {
  it('by their names are rejected, naming both', async () => {
    expect(await problemsOf(file('model.joblib', PICKLE), file('model.pkl', PICKLE))).toEqual([
      'model.tar.gz: The archive holds model.pkl and model.joblib, and one model is served. Remove all but one, or name it in model.json: {"modelFile": "model.pkl"}.',
    ]);
  });
  it('are one where model.json names it', async () => {
    const described = file('model.json', '{"modelFile": "model.joblib"}');
    expect(await problemsOf(file('model.joblib', PICKLE), file('model.pkl', PICKLE), described)).toEqual([]);
  });
  it('by their content are rejected, naming both', async () => {
    expect(await problemsOf(file('classifier.pkl', PICKLE), file('scaler.pkl', PICKLE))).toEqual([
      'model.tar.gz: The archive holds classifier.pkl and scaler.pkl, and one model is served. Put them into one Pipeline, or call the model model.pkl and leave the others out.',
    ]);
  });
  it('are one where a link gives it a second name', async () => {
    const link = { path: 'latest.pkl', typeFlag: '2', linkTarget: 'forest-7.pkl' };
    expect(await problemsOf(file('forest-7.pkl', PICKLE), link)).toEqual([]);
    expect(await problemsOf(file('forest-7.pkl', PICKLE), { ...link, path: 'model.pkl' })).toEqual([]);
  });
});

describe('model.json', () => {
  const naming = (modelFile: unknown) => file('model.json', JSON.stringify({ modelFile }));
  it('may name a file by its content', async () => {
    expect(await problemsOf(naming('forest.pkl'), file('forest.pkl', PICKLE))).toEqual([]);
  });
  it('names a file that is there, and is a model', async () => {
    expect(await problemsOf(naming('model.pkl'), file('model.joblib', PICKLE))).toEqual([
      'model.json: It names the model file "model.pkl", which is not at the root of the archive.',
    ]);
    expect(await problemsOf(naming('model.dat'), file('model.dat', 'x'))).toEqual([
      `model.json: It names the model file "model.dat". ${SERVES}: name the file so, there too.`,
    ]);
  });
  it.each(['{', 'null', '[]', '{"modelFile": 7}'])('that reads %s names none', async (text) => {
    expect(await problemsOf(file('model.json', text), file('model.pkl', PICKLE))).toEqual([]);
  });
});

test('a model in a folder is found by its content too', async () => {
  expect(await problemsOf(file('out/forest.pkl', PICKLE))).toEqual([
    'out/forest.pkl: The model lies in a folder. tar it from inside the folder: tar -czf model.tar.gz -C out .',
  ]);
});

describe('a model file', () => {
  const KIND = 'Its first bytes are of another kind than its name: it is';
  it.each<[string, string | Buffer, string]>([
    ['model.joblib', '', 'It is empty: it has 0 bytes. Save the model with joblib.dump.'],
    [
      'model.joblib',
      ZIP,
      `${KIND} a zip archive. Unpack it if the model is in it; what torch.save wrote needs an image of its own.`,
    ],
    [
      'model.pkl',
      '<!DOCTYPE html>\n<html>',
      `${KIND} an HTML page. A download that failed, or that asks to sign in, answers one: download the model again.`,
    ],
    [
      'model.onnx',
      'version https://git-lfs.github.com/spec/v1\noid sha256:',
      `${KIND} a pointer of Git LFS, which stands for the file. Fetch the file before you pack it: git lfs pull.`,
    ],
    [
      'model.pkl',
      'ccopy_reg\n_reconstructor\np0\n',
      `${KIND} a pickle of protocol 0 or 1, which the image does not read. Save the model with pickle.dump(model, file, protocol=4).`,
    ],
    ['model.pkl', '{"a": 1}', `${KIND} JSON. Save the model with pickle.dump.`],
    ['model.pkl', XGBOOST_JSON, `${KIND} an XGBoost model in JSON. Name it model.xgb.json.`],
    ['model.lgb.txt', PICKLE, `${KIND} a pickle. Name it model.pkl.`],
    [
      'xgboost-model',
      Buffer.concat([BOOSTER, Buffer.from('B\x00\x00CONFIG-offset:')]),
      `It is a pickle with XGBoost's old binary format, from before XGBoost 1.6. Load it with the XGBoost that wrote it, and save it with save_model("model.ubj").`,
    ],

    ['model.cbm', CATBOOST_JSON, `${KIND} a CatBoost model in JSON. Name it model.cat.json.`],
    ['model.cat.json', CBM, `${KIND} a CatBoost model. Name it model.cbm.`],
    ['model.pkl', CBM, `${KIND} a CatBoost model. Name it model.cbm.`],
    [
      'model.xgb.json',
      '[\n  { "nodeid": 0, "depth": 0',
      `${KIND} what XGBoost's dump_model writes, trees for people to read, without what predictions need. Save the model with save_model("model.ubj").`,
    ],
    [
      'model.lgb.txt',
      '{"name": "tree", "version": "v4"',
      `${KIND} what LightGBM's dump_model writes, trees for people to read, without what predictions need. Save the model with save_model("model.lgb.txt").`,
    ],
    ['model.onnx', LZ4, `${KIND} compressed with lz4. Decompress it: lz4 -d.`],
    ['model.onnx', GZIP, `${KIND} compressed with gzip. Decompress it: gunzip.`],
    [
      'model.ubj',
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code>',
      `${KIND} an error message of S3. The download failed, and the file says why: download the model again.`,
    ],
  ])('%s that is another kind is rejected with cause and remedy', async (name, content, told) => {
    expect(await problemsOf(file(name, content))).toEqual([`${name}: ${told}`]);
  });

  it('under a name of its own is rejected for what it is, before it is renamed', async () => {
    expect(await problemsOf(file('forest.pkl', 'version https://git-lfs.github.com/spec/v1\n'))).toEqual([
      expect.stringMatching(/^forest\.pkl: Its first bytes .* Git LFS/),
    ]);
  });
  it.each<[string, string | Buffer]>([
    ['model.pkl', 'anything else'],
    ['model.joblib', GZIP],
    ['model.joblib', LZ4],
    ['iris.joblib.lz4', LZ4],
    ['model.skops', ZIP],
    ['model.ubj', XGBOOST_JSON],
    ['model.xgb.json', UBJSON],
    ['model.xgb.json', '{"version":[3,1,0],"learner":{}}'],
    ['xgboost-model', UBJSON],
    ['xgboost-model', NEW_BOOSTER],
    ['model.lgb.txt', LIGHTGBM],
    ['model.cbm', CBM],
    ['model.cat.json', CATBOOST_JSON],
  ])('%s of its own kind, or of none that is known, is accepted', async (name, content) => {
    expect(await problemsOf(file(name, content))).toEqual([]);
  });
});
