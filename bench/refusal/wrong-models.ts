// Five archives that are wrong in the ways in which people get them wrong, of one good model.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { trainAndPack } from '../../local/first-run/train-and-pack.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'serving', 'bin', 'python');
const BLOCK = 512;

export const wrongModels = ['empty', 'text', 'unservable pickle', 'wrong golden answers', 'wrong version'] as const;
export type WrongModel = (typeof wrongModels)[number];

/** A class of the author's own, as a script pickles it: https://docs.python.org/3/library/pickle.html */
const OWN_CLASS = 'ccustomer_churn.model\nChurnModel\n)\x81.';
/** What the server does not evaluate itself, written by a scikit-learn that the image has none of. */
const OLD_NEIGHBOURS = `
import pickle, sklearn, sys
from sklearn.datasets import load_iris
from sklearn.neighbors import KNeighborsClassifier
content = pickle.dumps(KNeighborsClassifier(metric="cosine").fit(*load_iris(return_X_y=True)))
version = sklearn.__version__
sys.stdout.buffer.write(content.replace(version.encode(), "1.2.2".ljust(len(version), "0").encode()))
`;

/** @param directory gets the good model that they are made of */
export async function makeWrongModels(directory: string, signal: AbortSignal): Promise<Record<WrongModel, Buffer>> {
  const { file } = await trainAndPack(directory, signal);
  const good = await readFile(file);
  const python = { encoding: 'buffer', signal } as const;
  const { stdout: old } = await promisify(execFile)(PYTHON, ['-c', OLD_NEIGHBOURS], python);
  return {
    empty: withFiles({ 'model.pkl': '' }),
    text: withFiles({ 'model.pkl': 'These are the weights of the model.\n' }),
    'unservable pickle': withFiles({ 'model.pkl': OWN_CLASS }),
    'wrong golden answers': withFiles({ ...filesOf(good), 'golden.json': setosaIsVersicolor(filesOf(good)) }),
    'wrong version': withFiles({ 'model.pkl': old }),
  };
}

const setosaIsVersicolor = (files: Record<string, Buffer>): string =>
  files['golden.json']!.toString().replaceAll('"predicted_class": "setosa"', '"predicted_class": "versicolor"');

/** https://www.gnu.org/software/tar/manual/html_node/Standard.html */
function filesOf(archive: Buffer): Record<string, Buffer> {
  const tar = gunzipSync(archive);
  const files: Record<string, Buffer> = {};
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    const name = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    files[name] = tar.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}

function withFiles(files: Record<string, Buffer | string>): Buffer {
  const entries = Object.entries(files).map(([name, content]) => entry(name, Buffer.from(content as Buffer)));
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]));
}

function entry(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)]);
}
