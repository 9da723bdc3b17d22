// Archives are inspected for real, once each: zlib works in threads, whose pace no virtual time rules. Their bytes are read every time.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { type ArchiveInspection, inspectArchive } from '../../lambdas/core/archive/inspect-archive.ts';
import { PLATFORM } from './stack-names.ts';

const remembered = new Map<string, ArchiveInspection>();

/** Inspects an archive before the simulation begins. */
export async function remember(bytes: Buffer, servableModelFiles: string[] | null): Promise<ArchiveInspection> {
  const open = () => Readable.from([bytes], { objectMode: false });
  const inspection = await inspectArchive({ sizeBytes: bytes.length, open }, PLATFORM.settings, servableModelFiles);
  remembered.set(createHash('sha256').update(bytes).digest('hex'), inspection);
  return inspection;
}

/** As `inspectArchive`, of archives that are remembered. */
export const inspectRemembered: typeof inspectArchive = async ({ open }) => {
  const hash = createHash('sha256');
  for await (const bytes of open()) hash.update(bytes as Buffer);
  const inspection = remembered.get(hash.digest('hex'));
  if (inspection === undefined) throw new Error('The simulation was given an archive that it does not remember.');
  return inspection;
};
