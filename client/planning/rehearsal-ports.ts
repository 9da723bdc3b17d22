// The ports of the tasks in a rehearsal: they read what is there, and what the tasks write stays in memory.
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { neverLeased } from '../../lambdas/core/lease/lease.ts';
import { artifactKey, parseObjectKey } from '../../lambdas/core/naming/object-keys.ts';
import { RolloutError } from '../../lambdas/core/rollout-error.ts';
import type { Documents } from '../../lambdas/ports/documents.ts';
import type { Images } from '../../lambdas/ports/images.ts';
import type { Leases } from '../../lambdas/ports/leases.ts';
import type { UploadedArchives } from '../../lambdas/ports/uploaded-archives.ts';
import type { Uploads } from '../../lambdas/ports/uploads.ts';
import type { Lease, LeasedRollout } from '../../state-machine/contract/lease.ts';
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import { asNotReadable, NotReadable, readable } from './not-readable.ts';
import type { LocalUpload } from './plan-input.ts';
import { type ReadPorts, readPorts } from './read-ports.ts';

/** What a rehearsal learnt beside what its tasks answer. */
export interface Notes {
  /** What may not be read, and what is made without knowing it. */
  unknown: string[];
  /** Whether names depend on something of it: nothing can be planned then. */
  isStuck: boolean;
  /** What RetireSuperseded would remove, in this order. */
  removed: { kind: 'endpointConfig' | 'model' | 'artifact'; name: string }[];
}

/** Of a file that has no version yet. */
const NOT_UPLOADED = '(not uploaded)';
/** Nothing is named for it: the plan ends before an image is used. */
const UNKNOWN_DIGEST = 'sha256:unknown';

export function rehearsalPorts(ports: ReadPorts, bucketName: string, local: readonly LocalUpload[], rolloutId: string) {
  const reads = readPorts(ports, readable);
  const notes: Notes = { unknown: [], isStuck: false, removed: [] };
  const lastModified = ports.clock.now().toISOString();
  const files = new Map(local.map((each) => [each.key, each]));
  const written = new Map<string, unknown>();
  const remove = (kind: Notes['removed'][number]['kind']) => async (name: string) => {
    notes.removed.push({ kind, name });
  };
  return {
    notes,
    ports: {
      clock: reads.clock,
      ledger: reads.ledger,
      releaseSettings: reads.releaseSettings,
      scaling: { ...reads.scaling, limit: refuse },
      documents: documentsInMemory(reads.documents, bucketName, written),
      uploads: withFiles(reads.uploads, bucketName, files, lastModified),
      archives: archivesInPlace(reads.archives, bucketName, files, written),
      leases: leasesInMemory(reads.leases, rolloutId, lastModified),
      images: imagesOrUnknown(reads.images, notes),
      alarms: {
        /** Unknown ones are taken for quiet, and told. */
        async states(names: string[]) {
          try {
            return await reads.alarms.states(names);
          } catch (error) {
            note(notes, error);
            return Object.fromEntries(names.map((name) => [name, 'OK' as const]));
          }
        },
      },
      artifacts: {
        isThere: async (location: { bucket: string; key: string }) =>
          written.has(location.key) || reads.artifacts.isThere(location),
        list: reads.artifacts.list,
        remove: remove('artifact'),
      },
      deploymentTarget: {
        ...reads.deploymentTarget,
        ...{ create: refuse, update: refuse, adjust: refuse, tag: refuse, remove: refuse },
      },
      endpointConfigs: {
        ...reads.endpointConfigs,
        ...{ create: refuse, createLike: refuse, remove: remove('endpointConfig') },
      },
      models: { ...reads.models, create: refuse, remove: remove('model') },
    },
  };
}

/** A denied read is noted; any other error is thrown on. */
export function note(notes: Pick<Notes, 'unknown'>, error: unknown): void {
  if (!(error instanceof NotReadable)) throw error;
  if (!notes.unknown.includes(error.message)) notes.unknown.push(error.message);
}

const refuse = (): Promise<never> => Promise.reject(new Error('A plan changes nothing.'));

function documentsInMemory(
  reads: ReadPorts['documents'],
  bucketName: string,
  written: Map<string, unknown>,
): Documents {
  return {
    read: async (document) => (written.has(document.key) ? written.get(document.key) : reads.read(document)),
    find: async (key) => (written.has(key) ? written.get(key) : reads.find(key)),
    async write(key, content) {
      // As it would be read again.
      written.set(key, JSON.parse(JSON.stringify(content)));
      return { bucket: bucketName, key };
    },
  };
}

function withFiles(
  reads: ReadPorts['uploads'],
  bucketName: string,
  files: ReadonlyMap<string, LocalUpload>,
  lastModified: string,
): Uploads {
  const uploadOf = ({ key, sizeBytes }: LocalUpload): Upload => ({
    ...{ bucket: bucketName, key, versionId: NOT_UPLOADED, sizeBytes, lastModified },
  });
  return {
    async find(location) {
      const file = location.bucket === bucketName ? files.get(location.key) : undefined;
      return file === undefined ? reads.find(location) : uploadOf(file);
    },
    async listArchives(endpointName) {
      const there = (await reads.listArchives(endpointName)).filter(({ key }) => !files.has(key));
      const brought = [...files.values()].filter(({ key }) => {
        const place = parseObjectKey(key);
        return place.kind === 'archive' && place.endpointName === endpointName;
      });
      return [...there, ...brought.map(uploadOf)];
    },
    listAll: refuse,
    async readText(upload, maximumBytes) {
      const file = upload.versionId === NOT_UPLOADED ? files.get(upload.key) : undefined;
      if (file === undefined) return reads.readText(upload, maximumBytes);
      if (file.sizeBytes <= maximumBytes) return new TextDecoder().decode(await readFile(file.file));
      const sizes = `${file.sizeBytes} bytes; at most ${maximumBytes} are read`;
      throw new RolloutError('RequestRejected', `${file.file} has ${sizes}.`);
    },
  };
}

/** Read where they are; where a copy would be made, its place is known. */
function archivesInPlace(
  reads: ReadPorts['archives'],
  bucketName: string,
  files: ReadonlyMap<string, LocalUpload>,
  written: Map<string, unknown>,
): UploadedArchives {
  const place = (key: string, content: unknown) => {
    written.set(key, content);
    return { bucket: bucketName, key };
  };
  return {
    open(upload) {
      const file = upload.versionId === NOT_UPLOADED ? files.get(upload.key) : undefined;
      return file === undefined
        ? orNotReadable(reads.open(upload), `s3://${upload.bucket}/${upload.key}`)
        : createReadStream(file.file);
    },
    openStored: (stored) =>
      orNotReadable(reads.openStored(stored), `s3://${stored.location.bucket}/${stored.location.key}`),
    findStored: reads.findStored,
    store: async (_, endpointName, sha256) => place(artifactKey(endpointName, sha256, 'model.tar.gz'), null),
    storeGoldenCases: async (endpointName, sha256, text) =>
      place(artifactKey(endpointName, sha256, 'golden.json'), JSON.parse(text)),
  };
}

function orNotReadable(stream: Readable, what: string): Readable {
  async function* pieces() {
    try {
      yield* stream;
    } catch (error) {
      throw asNotReadable(error, what);
    }
  }
  return Readable.from(pieces(), { objectMode: false });
}

/** As if the rollout held the lease: whoever has it in truth is told of beside the plan. */
function leasesInMemory(reads: ReadPorts['leases'], rolloutId: string, now: string): Leases {
  const held = new Map<string, Lease>();
  const rollout: LeasedRollout = {
    ...{ rolloutId, executionArn: '', startedAt: now, action: 'deploy', upload: null, startedByKey: null },
    correlationId: null,
  };
  const owner = { rollout, recovers: null, acquiredAt: now, heartbeatAt: now, plan: null };
  return {
    async read(endpointName) {
      const lease = held.get(endpointName) ?? {
        ...((await reads.read(endpointName)) ?? neverLeased(endpointName)),
        ...{ owner, stopRequestedBy: null, cancellations: [] },
      };
      held.set(endpointName, lease);
      return lease;
    },
    async replace(_, next) {
      held.set(next.endpointName, next);
      return true;
    },
    inUse: async () => [],
  };
}

/** So that the archive's problems are told although the image may not be read. */
function imagesOrUnknown(reads: Images, notes: Notes): Images {
  return {
    async describe(repositoryName, reference) {
      try {
        return await reads.describe(repositoryName, reference);
      } catch (error) {
        note(notes, error);
        notes.isStuck = true;
        const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
        return { digest: UNKNOWN_DIGEST, mediaType, architecture: null };
      }
    },
  };
}
