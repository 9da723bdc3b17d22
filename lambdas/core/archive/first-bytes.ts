// The beginning of each file of an archive, kept while the archive is read, and what it says the file is.
import type { Sink, TarEntry } from './tar-reader.ts';

/** As `HEAD_BYTES` of model_form.py. 10,000 entries keep 5 MB of them. */
export const HEAD_BYTES = 512;
/** As much of a script is searched for functions that a server would call. */
const SCRIPT_BYTES = 64 * 1024;
/** A description holds names of columns; what is larger than this is not read. */
const DESCRIPTION_BYTES = 1024 * 1024;
export const DESCRIPTION = 'model.json';

/** What SageMaker's toolkits look for in a script: https://sagemaker.readthedocs.io/en/stable/frameworks/sklearn/using_sklearn.html */
const SERVING_FUNCTION = /^[ \t]*(async[ \t]+)?def[ \t]+(model_fn|input_fn|predict_fn|output_fn|transform_fn)[ \t]*\(/m;

export interface FirstBytes {
  size: number;
  head: Buffer;
  /** Of a script: whether it defines what SageMaker's script mode would call. */
  hasServingFunction: boolean;
}

export interface FileBeginnings {
  /** For each entry that was accepted, with its normalised path. Null where it has no content. */
  sinkFor(entry: TarEntry, path: string): Sink | null;
  /** Undefined for what is no ordinary file. */
  of(path: string): FirstBytes | undefined;
  /** The ordinary files, in the archive's order. */
  paths(): string[];
  /** The text of `model.json`; null when there is none that can be read. */
  description(): string | null;
}

const wantedBytes = (path: string) =>
  path === DESCRIPTION ? DESCRIPTION_BYTES : path.endsWith('.py') ? SCRIPT_BYTES : HEAD_BYTES;

export function fileBeginnings(): FileBeginnings {
  const files = new Map<string, FirstBytes>();
  let description: string | null = null;
  let current: { path: string; size: number; pieces: Buffer[]; missing: number } | null = null;

  /** Called when the next file begins, too: few bytes are held of more than one file. */
  const finish = () => {
    if (current === null) return;
    const { path, size, pieces } = current;
    current = null;
    const bytes = Buffer.concat(pieces);
    if (path === DESCRIPTION && size === bytes.length) description = bytes.toString('utf8');
    const hasServingFunction = path.endsWith('.py') && SERVING_FUNCTION.test(bytes.toString('latin1'));
    files.set(path, { size, head: Buffer.from(bytes.subarray(0, HEAD_BYTES)), hasServingFunction });
  };

  return {
    sinkFor({ type, size }, path) {
      finish();
      if (type !== 'file') return null;
      const file = { path, size, pieces: [] as Buffer[], missing: wantedBytes(path) };
      current = file;
      return (bytes) => {
        if (file.missing === 0) return;
        const piece = Buffer.from(bytes.subarray(0, file.missing));
        file.missing -= piece.length;
        file.pieces.push(piece);
      };
    },
    of(path) {
      finish();
      return files.get(path);
    },
    paths() {
      finish();
      return [...files.keys()];
    },
    description() {
      finish();
      return description;
    },
  };
}
