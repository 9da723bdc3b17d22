// Inspects bytes in memory as the task does an upload.
import { type ArchiveInspection, inspectArchive } from '../../lambdas/core/archive/inspect-archive.ts';

export const limits = { maximumArchiveBytes: 2 ** 30, maximumUnpackedBytes: 2 ** 31 };
export const servable = ['model.pkl', 'model.joblib'];

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const inspect = (
  bytes: Buffer,
  options: { servable?: string[] | null; pieceBytes?: number; limits?: Partial<typeof limits> } = {},
): Promise<ArchiveInspection> =>
  inspectArchive(
    { sizeBytes: bytes.length, open: () => pieces(bytes, options.pieceBytes ?? 65_536) },
    { ...limits, ...options.limits },
    options.servable === undefined ? servable : options.servable,
  );

/** `where: message` of each problem. */
export const problemsOf = async (...args: Parameters<typeof inspect>) =>
  (await inspect(...args)).problems.map(({ where, message }) => `${where}: ${message}`);
