// A large archive, of 2 GiB in the night, made on the fly: its inspection needs no more memory at its end than at its beginning.
import { createHash, randomBytes } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import { inspectArchive } from '../../lambdas/core/archive/inspect-archive.ts';
import { DEFAULT_MAXIMUM_ARCHIVE_BYTES, DEFAULT_MAXIMUM_UNPACKED_BYTES } from '../../lambdas/core/archive/limits.ts';
import { steps } from '../../state-machine/contract/steps.ts';
import { isNightly } from '../setup/runs.ts';
import { header, zeroBlocks } from './tar-by-hand.ts';

const MIB = 2 ** 20;
const PIECE = 8 * MIB;
const FILE = 256 * MIB;
/** What it unpacks to. */
const UNPACKED = (isNightly ? 2304 : 512) * MIB;

/** 8 MiB: `share` of it random, the rest runs of text that deflate to little. As parameters and tokenizers are. */
function pattern(share: number): Buffer {
  const bytes = Buffer.alloc(PIECE, 'abcdefgh and so on, ');
  for (let at = 0; at < PIECE; at += 64 * 1024) randomBytes(Math.floor(64 * 1024 * share)).copy(bytes, at);
  return bytes;
}

/**
 * Gzip members, each made once and repeated: one for the header of a file, the same for 8 MiB of content. So the archive
 * costs nothing to make, and all of it is unpacked, summed and read.
 */
function* members(share: number, unpackedBytes: number): Generator<Buffer> {
  const gzip = (content: Buffer) => {
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(crc32(content), 0);
    trailer.writeUInt32LE(content.length, 4);
    return Buffer.concat([Buffer.from('1f8b0800000000000003', 'hex'), deflateRawSync(content, { level: 6 }), trailer]);
  };
  const content = gzip(pattern(share));
  for (let at = 0; at < unpackedBytes; at += PIECE) {
    if (at % FILE === 0) yield gzip(header({ path: at === 0 ? 'model.pkl' : `part-${at}`, size: FILE }));
    yield content;
  }
  yield gzip(zeroBlocks());
}

async function measure(share: number, unpackedBytes: number) {
  let archiveBytes = 0;
  const hash = createHash('sha256');
  for (const bytes of members(share, unpackedBytes)) archiveBytes += bytes.length;
  const samples: number[] = [];
  async function* open() {
    for (const bytes of members(share, unpackedBytes)) {
      hash.update(bytes);
      yield bytes;
      const { rss } = process.memoryUsage();
      samples.push(rss);
    }
  }
  const limits = { maximumArchiveBytes: 2 ** 40, maximumUnpackedBytes: 2 ** 40 };
  const began = process.cpuUsage();
  const start = performance.now();
  const inspection = await inspectArchive({ sizeBytes: archiveBytes, open }, limits, null);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(began);
  return { inspection, archiveBytes, seconds, cpuSeconds: (user + system) / 1e6, sha256: hash.digest('hex'), samples };
}

/** The highest memory in the last eighth of the samples, less the highest in the first eighth. */
function growth(samples: number[]) {
  const eighth = Math.ceil(samples.length / 8);
  const late = Math.max(...samples.slice(-eighth));
  return { grew: late - Math.max(...samples.slice(0, eighth)), late };
}
const inMebibytes = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;

describe('an archive', () => {
  /** Seconds of processor time for each byte: of what hardly compresses, and of what hardly does anything else. */
  const cost = { read: Number.NaN, unpacked: Number.NaN };

  it('is read in constant memory', async () => {
    const { inspection, archiveBytes, seconds, cpuSeconds, sha256, samples } = await measure(0.9, UNPACKED);
    expect(archiveBytes).toBeGreaterThan(0.88 * UNPACKED);
    expect(inspection).toEqual({ sha256, problems: [], goldenCases: null });
    const { grew, late } = growth(samples);
    cost.read = cpuSeconds / archiveBytes;
    console.info(
      `${inMebibytes(archiveBytes)} read in ${seconds.toFixed(1)} s, ${inMebibytes(archiveBytes / seconds)}/s ` +
        `(processor time ${cpuSeconds.toFixed(1)} s); memory grew by ${inMebibytes(grew)} to ${inMebibytes(late)}`,
    );
    expect(grew).toBeLessThan(64 * MIB);
  }, 120_000);

  it('that unpacks to many times its size is, too', async () => {
    const { inspection, archiveBytes, seconds, cpuSeconds, samples } = await measure(0.02, UNPACKED);
    expect(archiveBytes).toBeLessThan(0.05 * UNPACKED);
    expect(inspection.problems).toEqual([]);
    const { grew, late } = growth(samples);
    cost.unpacked = cpuSeconds / UNPACKED;
    console.info(
      `${inMebibytes(UNPACKED)} unpacked in ${seconds.toFixed(1)} s, ${inMebibytes(UNPACKED / seconds)}/s ` +
        `(processor time ${cpuSeconds.toFixed(1)} s); memory grew by ${inMebibytes(grew)} to ${inMebibytes(late)}`,
    );
    expect(grew).toBeLessThan(64 * MIB);
  }, 120_000);

  // A machine that does other things beside takes three times as long at the most, and the answer stays.
  it('of the largest default size takes less than the time of the function', () => {
    const network = DEFAULT_MAXIMUM_ARCHIVE_BYTES / (75 * MIB);
    const processor = cost.read * DEFAULT_MAXIMUM_ARCHIVE_BYTES + cost.unpacked * DEFAULT_MAXIMUM_UNPACKED_BYTES;
    console.info(
      `8 GiB that unpack to 16 GiB: ${Math.round(processor)} s of processor, ${Math.round(network)} s of network`,
    );
    expect(network + processor).toBeLessThan(steps.InspectArtifact.functionTimeoutSeconds);
  });
});
