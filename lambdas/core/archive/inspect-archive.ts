// Reads an archive once, from its first byte to its last, without extracting it, and says all that is wrong with it.
import { createHash } from 'node:crypto';
import type { PlatformSettings } from '../../../state-machine/contract/platform.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { problem } from '../problems/problems.ts';
import { besideTheModel } from './beside-the-model.ts';
import { chooseModel } from './choose-model.ts';
import { archiveContents } from './contents.ts';
import { contentsDigest } from './contents-digest.ts';
import { ArchiveDefect } from './defect.ts';
import { fileBeginnings } from './first-bytes.ts';
import { GOLDEN_CASES, goldenCasesFile } from './golden-cases.ts';
import { gunzip } from './gunzip.ts';
import { ignoreProblems, isIgnored } from './ignored-paths.ts';
import { MAXIMUM_COMPRESSION_RATIO, RATIO_COUNTS_FROM_BYTES } from './limits.ts';
import { EMPTY_ARCHIVE, notGzip } from './magic.ts';
import { ARCHIVE } from './model-files.ts';
import { type Sink, tarReader } from './tar-reader.ts';

export interface ArchiveInspection {
  /** Of the archive's bytes as they were uploaded, in hexadecimal; null when it was not read to its end. */
  sha256: string | null;
  /** Empty: the archive is acceptable. */
  problems: Problem[];
  /** Those of the problems that name what lies beside the model; left out where nothing does. */
  beside?: Problem[];
  /** The text of its `golden.json`; null when there is none, or it is wrong. */
  goldenCases: string | null;
  /** `contentsDigest`, where it was asked for; null where there is none. */
  contentsSha256?: string | null;
}

type Limits = Pick<PlatformSettings, 'maximumArchiveBytes' | 'maximumUnpackedBytes'>;

/**
 * `digestContents`: for an archive that may run code. `ignore`: what its author says may lie beside the model unused.
 * Constant memory whatever the size: one piece of `open()`, 256 KiB of output, the paths and first bytes of the
 * files, and `golden.json`.
 */
export async function inspectArchive(
  archive: { sizeBytes: number; open: () => AsyncIterable<Buffer> },
  limits: Limits,
  servable: readonly string[] | null,
  digestContents = false,
  ignore: readonly string[] = [],
): Promise<ArchiveInspection> {
  const refused = sizeProblem(archive.sizeBytes, limits);
  if (refused !== null) return { sha256: null, problems: [problem(ARCHIVE, refused)], goldenCases: null };

  const contents = archiveContents();
  const golden = goldenCasesFile();
  const beginnings = fileBeginnings();
  const contentsHash = digestContents ? contentsDigest() : null;
  const tar = tarReader((entry) => {
    const path = contents.add(entry);
    if (path === null) return null;
    return allOf([
      path === GOLDEN_CASES ? golden.sinkFor(entry) : null,
      contentsHash?.sinkFor(entry, path) ?? null,
      servable === null ? null : beginnings.sinkFor(entry, path),
    ]);
  });
  const countUnpacked = unpackedLimit(archive.sizeBytes, limits);
  const unpacking = gunzip((bytes) => {
    countUnpacked(bytes.length);
    tar.push(bytes);
  });
  const hash = createHash('sha256');
  let isFirst = true;
  try {
    for await (const bytes of archive.open()) {
      const wrong = isFirst ? notGzip(bytes) : null;
      if (wrong !== null) throw new ArchiveDefect(wrong);
      isFirst = false;
      // zlib works on a thread of its own; meanwhile this one computes the checksum.
      const unpacked = unpacking.write(bytes);
      hash.update(bytes);
      await unpacked;
    }
    await unpacking.end();
    tar.end();
  } catch (error) {
    if (!(error instanceof ArchiveDefect)) throw error;
    return { sha256: null, problems: [problem(ARCHIVE, error.message), ...contents.problems()], goldenCases: null };
  } finally {
    unpacking.close();
  }
  const files = contents.files();
  const { model, problem: wrongModel, passedOver } = chooseModel({ ...contents, files, beginnings }, servable);
  const known = new Set([...passedOver, ...(model === null ? [] : [model])].map(contents.resolved));
  const others = files.filter((path) => !known.has(contents.resolved(path)) && !isIgnored(path, ignore));
  const beside = besideTheModel(beginnings, { files: others, model, trusted: digestContents });
  const { text, problems } = golden.checked();
  return {
    sha256: hash.digest('hex'),
    problems: [
      ...(wrongModel === null ? [] : [wrongModel]),
      ...beside,
      ...ignoreProblems(ignore, files, model),
      ...contents.problems(),
      ...problems,
    ],
    goldenCases: text,
    ...(beside.length === 0 ? {} : { beside }),
    ...(contentsHash === null ? {} : { contentsSha256: contentsHash.digest() }),
  };
}

function allOf(wanted: (Sink | null)[]): Sink | null {
  const sinks = wanted.filter((sink) => sink !== null);
  if (sinks.length <= 1) return sinks[0] ?? null;
  return (bytes) => {
    for (const sink of sinks) sink(bytes);
  };
}

function sizeProblem(sizeBytes: number, { maximumArchiveBytes }: Limits): string | null {
  if (sizeBytes === 0) return EMPTY_ARCHIVE;
  if (sizeBytes <= maximumArchiveBytes) return null;
  return `The archive has ${sizeBytes} bytes; this platform takes at most ${maximumArchiveBytes}.`;
}

/** Takes the bytes that came out; throws `ArchiveDefect` at one too many. */
function unpackedLimit(sizeBytes: number, { maximumUnpackedBytes }: Limits): (more: number) => void {
  const byRatio = Math.max(RATIO_COUNTS_FROM_BYTES, MAXIMUM_COMPRESSION_RATIO * sizeBytes);
  let unpacked = 0;
  return (more) => {
    unpacked += more;
    if (unpacked > maximumUnpackedBytes)
      throw new ArchiveDefect(
        `The archive unpacks to more than ${maximumUnpackedBytes} bytes, the most this platform takes.`,
      );
    if (unpacked > byRatio)
      throw new ArchiveDefect(
        `The archive unpacks to more than ${MAXIMUM_COMPRESSION_RATIO} times its own ${sizeBytes} bytes, the most this platform takes.`,
      );
  };
}
