// What lies beside the model and would be ignored in silence is named, unless the request says that it may be.
import { inspectArchive } from '../../lambdas/core/archive/inspect-archive.ts';
import { SERVABLE_MODEL_FILES } from '../../lambdas/core/archive/servable-model-files.ts';
import { limits } from './inspect.ts';
import { archiveOf, type HandEntry } from './tar-by-hand.ts';

const PICKLE = Buffer.from('80049503020000', 'hex');
const file = (path: string, content: string | Buffer = 'x'): HandEntry => ({ path, content });
const model = file('model.joblib', PICKLE);
const script = file('code/inference.py', 'import joblib\n\ndef model_fn(folder):\n    return joblib.load(folder)\n');

interface Options {
  ignore?: string[];
  trusted?: boolean;
  ownImage?: boolean;
}

async function problemsOf(entries: HandEntry[], { ignore = [], trusted = false, ownImage = false }: Options = {}) {
  const bytes = archiveOf(...entries);
  const archive = {
    sizeBytes: bytes.length,
    open: async function* () {
      // In pieces that cut every file.
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    },
  };
  const { problems } = await inspectArchive(archive, limits, ownImage ? null : SERVABLE_MODEL_FILES, trusted, ignore);
  return problems.map(({ where, message }) => `${where}: ${message}`);
}

describe('a script of script mode', () => {
  it('is rejected with the ways forward', async () => {
    expect(await problemsOf([model, script, file('code/requirements.txt')])).toEqual([
      'code/inference.py: It is a script for SageMaker\'s script mode (model_fn, predict_fn), which the image does not run: it would be ignored in silence. Put what it does into the model\'s Pipeline, name an image of your own in the request, or let it be ignored: "ignore": ["code/"].',
    ]);
  });
  it.each([
    ['inference.py', 'x'],
    ['serve.py', 'def predict_fn(data, model):\n  pass'],
    ['code/serve.py', 'class A:\n    def output_fn (self): pass'],
    ['src/deep/serve.py', '# a comment\r\nasync def input_fn(body, kind): pass'],
  ])('%s is one', async (path, content) => {
    expect(await problemsOf([model, file(path, content)])).toEqual([expect.stringMatching(`^${path}: It is a script`)]);
  });
  it.each([
    ['code/train.py', 'def fit(): pass'],
    ['notes.md', 'def predict_fn(data, model): pass'],
    ['code/features.py', '# def predict_fn(data, model)'],
    ['code/inference.pyc', 'x'],
  ])('%s is none', async (path, content) => {
    expect(await problemsOf([model, file(path, content)])).toEqual([]);
  });
  it('is allowed to an image of its own, and a module of that name to an artifact that may run code', async () => {
    expect(await problemsOf([model, script], { ownImage: true })).toEqual([]);
    expect(await problemsOf([model, file('code/inference.py', 'class Doubler: pass')], { trusted: true })).toEqual([]);
    expect(await problemsOf([model, script], { trusted: true })).toEqual([expect.stringMatching(/^code\/inference/)]);
  });
});

describe('a second model', () => {
  it('is rejected with the ways forward', async () => {
    expect(await problemsOf([file('scaler.pkl', PICKLE), model])).toEqual([
      'scaler.pkl: It is a second model beside model.joblib, which alone is served: it would be ignored in silence. Put both into one Pipeline and save that, name an image of your own in the request, or let it be ignored: "ignore": ["scaler.pkl"].',
    ]);
  });
  it.each<[string, string | Buffer]>([
    ['preprocessing/encoder.joblib', PICKLE],
    ['booster.txt', 'tree\nversion=v4\n'],
    ['model.json', '{"learner":{}}'],
    ['encoder.pkl.gz', Buffer.from('1f8b0800', 'hex')],
    ['net.safetensors', 'x'],
    ['code/weights.pt', 'x'],
  ])('%s is one', async (path, content) => {
    expect(await problemsOf([model, file(path, content)])).toEqual([expect.stringMatching(`^${path}: It is a second`)]);
  });
  it.each<[string, string | Buffer]>([
    ['scaler.pkl', ''],
    ['model.json', '{"classNames": ["a"]}'],
    ['data.csv.gz', Buffer.from('1f8b0800', 'hex')],
    ['metrics.json', '{"accuracy": 1}'],
    ['MLmodel', 'flavors:'],
    ['weights.npy', Buffer.from('934e554d5059', 'hex')],
  ])('%s is none', async (path, content) => {
    expect(await problemsOf([model, file(path, content)])).toEqual([]);
  });
  it('is none where it is the model by another name', async () => {
    const link = (typeFlag: string, linkTarget: string) => ({ path: 'old/same.joblib', typeFlag, linkTarget });
    expect(await problemsOf([model, link('1', 'model.joblib')])).toEqual([]);
    expect(await problemsOf([model, link('2', '../model.joblib')])).toEqual([]);
  });
});

describe('ignore', () => {
  const all = [model, script, file('scaler.pkl', PICKLE), file('code/deep/old.pkl', PICKLE)];
  it.each([[['code/', 'scaler.pkl']], [['./code/', './scaler.pkl']]])('%j covers files and folders', async (ignore) => {
    expect(await problemsOf(all, { ignore })).toEqual([]);
  });
  it('covers what it names and nothing else', async () => {
    expect(await problemsOf(all, { ignore: ['code/deep/'] })).toEqual([
      expect.stringMatching(/^code\/inference\.py/),
      expect.stringMatching(/^scaler\.pkl/),
    ]);
  });
  it.each([
    ['code', 'The archive holds no "code". Did you mean "code/"?'],
    ['cod/', 'The archive holds no "cod/". Did you mean "code/"?'],
    ['scaler.pk', 'The archive holds no "scaler.pk". Did you mean "scaler.pkl"?'],
    ['something/else/', 'The archive holds no "something/else/". Leave it out.'],
    ['./', 'The archive holds no "./". Leave it out.'],
    ['model.joblib', '"model.joblib" is the model, which the image serves. Leave it out.'],
  ])('%s is a problem', async (path, told) => {
    expect(await problemsOf(all, { ignore: ['code/', 'scaler.pkl', path] })).toEqual([`ignore.2: ${told}`]);
  });
  it('names what is there, whatever the image', async () => {
    expect(await problemsOf([model], { ignore: ['code/'], ownImage: true })).toEqual([
      'ignore.0: The archive holds no "code/". Leave it out.',
    ]);
  });
  it('does not choose between two models: the server would not know', async () => {
    expect(await problemsOf([model, file('model.pkl', PICKLE)], { ignore: ['model.pkl'] })).toEqual([
      expect.stringMatching(/^model\.tar\.gz: The archive holds model\.pkl and model\.joblib/),
    ]);
  });
});
