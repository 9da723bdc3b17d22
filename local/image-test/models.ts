// The models that the image is tried with, unpacked as SageMaker unpacks them.
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { type GoldenCase, GoldenCasesSchema } from '../../state-machine/contract/golden-cases.ts';
import { trainAndPack } from '../first-run/train-and-pack.ts';
import { AUTHORS_MODULE } from './authors-module.ts';
import { mustRun } from './engine.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PYTHON = join(ROOT, '.venv', 'serving', 'bin', 'python');

const PICKLE_AND_DIGEST = `
import pickle, sys
from pathlib import Path
sys.dont_write_bytecode = True
folder = Path(sys.argv[1])
sys.path.append(str(folder))
from author import Doubler
(folder / "model.pkl").write_bytes(pickle.dumps(Doubler()))
from inference_server.trusted.contents_digest import contents_digest
print(contents_digest(folder))
`;

/** A model of each minor of scikit-learn, recorded for the tests of the server, which only that minor serves. */
const UNPACK_MINORS = `
import json, shutil, sys
from pathlib import Path
sys.dont_write_bytecode = True
from record_minors import OF_ITS_TIME, unpack
for minor in OF_ITS_TIME:
    recorded = Path(sys.argv[1]) / "recorded" / minor
    unpack(minor, recorded)
    directory = Path(sys.argv[1]) / f"scikit-learn-{minor}"
    directory.mkdir(mode=0o755)
    (model,) = (recorded / "support-vectors").glob("model.*")
    shutil.copy(model, directory)
    answers = json.loads((recorded / "support-vectors" / "answers.json").read_text())
    print(json.dumps({"minor": minor, "directory": str(directory), **answers}))
`;

/** What a minor of scikit-learn wrote, and answered. */
export interface ModelOfMinor {
  minor: string;
  directory: string;
  rows: number[][];
  predicted: number[];
}

export interface Models {
  /** A forest, which the server evaluates itself. */
  covered: string;
  /** The same, which scikit-learn has to serve. */
  fallback: string;
  /** Needs code of its author's. */
  authors: string;
  /** The digest of its files. */
  authorsDigest: string;
  empty: string;
  minors: ModelOfMinor[];
  goldenCases: GoldenCase[];
}

export async function makeModels(folder: string, signal: AbortSignal): Promise<Models> {
  const directory = (name: string) => {
    const path = join(folder, name);
    mkdirSync(path);
    // Whatever the umask: the container's user is another.
    chmodSync(path, 0o755);
    return path;
  };
  const packed = await trainAndPack(folder, signal);
  const covered = directory('covered');
  await mustRun('tar', ['-xzf', packed.file, '-C', covered]);
  const fallback = directory('fallback');
  cpSync(covered, fallback, { recursive: true });
  const description = join(fallback, 'model.json');
  const content = JSON.parse(readFileSync(description, 'utf8'));
  writeFileSync(description, JSON.stringify({ ...content, parity: { servedBy: 'scikit-learn' } }));
  const authors = directory('authors');
  writeFileSync(join(authors, 'author.py'), AUTHORS_MODULE);
  const env = { ...process.env, PYTHONPATH: join(ROOT, 'serving-image') };
  const { stdout } = await mustRun(PYTHON, ['-c', PICKLE_AND_DIGEST, authors], { env });
  const tests = { ...process.env, PYTHONPATH: join(ROOT, 'serving-image', 'tests') };
  const unpacked = await mustRun(PYTHON, ['-c', UNPACK_MINORS, folder], { env: tests });
  const minors = unpacked.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ModelOfMinor);
  await mustRun('chmod', ['-R', 'a+rX', folder]);
  const { cases } = z.parse(GoldenCasesSchema, JSON.parse(readFileSync(join(covered, 'golden.json'), 'utf8')));
  return {
    ...{ covered, fallback, authors, authorsDigest: stdout.trim(), empty: directory('empty'), minors },
    goldenCases: cases,
  };
}
