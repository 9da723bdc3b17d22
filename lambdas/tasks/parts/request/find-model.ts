// Looks at the source of a rollout's model: an archive, the newest upload of an endpoint, or its newest release.
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { newestFirst } from '../../../core/lease/newest-first.ts';
import { isEndpointName, type ObjectKey, parseObjectKey } from '../../../core/naming/object-keys.ts';
import {
  endpointOfKey,
  type FoundModel,
  modelOfArchive,
  modelOfManifest,
  servedModel,
} from '../../../core/request/found-model.ts';
import type { ArchiveSource, ModelSource } from '../../../core/request/model-source.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import { variantOf } from '../../../core/request/variant-sources.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Uploads } from '../../../ports/uploads.ts';

export interface ModelPorts {
  uploads: Uploads;
  ledger: Ledger;
}

export async function findModel(ports: ModelPorts, stack: StackEnvironment, source: ModelSource): Promise<FoundModel> {
  switch (source.kind) {
    case 'none':
      return source.found;
    case 'served': {
      const [newest] = await ports.ledger.releases(source.endpointName, 1);
      return servedModel(source.endpointName, newest);
    }
    case 'newestUpload': {
      const { endpointName } = source;
      const [newest] = await ports.ledger.releases(endpointName, 1);
      const names = new Set<string | null>([null, ...(newest?.variants ?? []).map(({ name }) => name)]);
      const upload = await newestAccepted(ports, endpointName, (uploads) =>
        uploads.filter(({ key }) => names.has(variantOf(parseObjectKey(key)))),
      );
      return modelOfManifest(endpointName, upload, newest, stack.bucketName);
    }
    case 'archive': {
      const upload = await findUpload(ports, source);
      const isEndpoint = await namesEndpoint(ports, stack, source.place);
      return modelOfArchive(source, upload, endpointOfKey(source.place, isEndpoint, stack));
    }
  }
}

async function findUpload({ uploads }: ModelPorts, { object, waitedFor }: ArchiveSource): Promise<Upload | null> {
  const current = await uploads.find(object);
  const isReplaced = current !== null && waitedFor !== null && waitedFor.versionId !== current.versionId;
  return (isReplaced ? await uploads.find(waitedFor) : null) ?? current;
}

/** The newest upload of the endpoint whose archive is not known to be bad, and that nobody has cancelled. */
export async function newestAccepted(
  { uploads, ledger }: ModelPorts,
  endpointName: string,
  among: (all: Upload[]) => Upload[] = (all) => all,
): Promise<Upload | null> {
  for (const upload of newestFirst(among(await uploads.listArchives(endpointName)))) {
    const ended = await ledger.findUpload(upload);
    if (ended?.archive !== 'rejected' && ended?.error !== 'Cancelled') return upload;
  }
  return null;
}

/** Whether the only folder of a key, which should be a version, is the name of an endpoint. */
async function namesEndpoint(
  { uploads, ledger }: ModelPorts,
  { settings }: StackEnvironment,
  place: ObjectKey,
): Promise<boolean> {
  if (place.kind !== 'defaultEndpointArchive') return false;
  const { version } = place;
  if (version === settings.defaultEndpointName) return true;
  if (!isEndpointName(version)) return false;
  return (await ledger.releases(version, 1)).length > 0 || (await uploads.listArchives(version)).length > 0;
}
