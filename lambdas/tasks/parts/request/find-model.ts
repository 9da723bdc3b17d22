// Looks at the source of a rollout's model: an archive, the newest upload of an endpoint, or its newest release.
import type { Upload } from '../../../../state-machine/contract/resolved-request.ts';
import { newestFirst } from '../../../core/lease/newest-first.ts';
import { isEndpointName, type ObjectKey } from '../../../core/naming/object-keys.ts';
import {
  endpointOfKey,
  type FoundModel,
  modelOfArchive,
  modelOfManifest,
  servedModel,
} from '../../../core/request/found-model.ts';
import type { ArchiveSource, ModelSource } from '../../../core/request/model-source.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { Uploads } from '../../../ports/uploads.ts';

interface Ports {
  uploads: Uploads;
  ledger: Ledger;
}

export async function findModel(ports: Ports, stack: StackEnvironment, source: ModelSource): Promise<FoundModel> {
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
      return modelOfManifest(endpointName, await newestAccepted(ports, endpointName), newest, stack.bucketName);
    }
    case 'archive': {
      const upload = await findUpload(ports, source);
      const isEndpoint = await namesEndpoint(ports, stack, source.place);
      return modelOfArchive(source, upload, endpointOfKey(source.place, isEndpoint, stack));
    }
  }
}

async function findUpload({ uploads }: Ports, { object, waitedFor }: ArchiveSource): Promise<Upload | null> {
  const current = await uploads.find(object);
  const isReplaced = current !== null && waitedFor !== null && waitedFor.versionId !== current.versionId;
  return (isReplaced ? await uploads.find(waitedFor) : null) ?? current;
}

/** The newest upload of the endpoint whose archive is not known to be bad, and that nobody has cancelled. */
async function newestAccepted({ uploads, ledger }: Ports, endpointName: string): Promise<Upload | null> {
  for (const upload of newestFirst(await uploads.listArchives(endpointName))) {
    const ended = await ledger.findUpload(upload);
    if (ended?.archive !== 'rejected' && ended?.error !== 'Cancelled') return upload;
  }
  return null;
}

/** Whether the only folder of a key, which should be a version, is the name of an endpoint. */
async function namesEndpoint(
  { uploads, ledger }: Ports,
  { settings }: StackEnvironment,
  place: ObjectKey,
): Promise<boolean> {
  if (place.kind !== 'defaultEndpointArchive') return false;
  const { version } = place;
  if (version === settings.defaultEndpointName) return true;
  if (!isEndpointName(version)) return false;
  return (await ledger.releases(version, 1)).length > 0 || (await uploads.listArchives(version)).length > 0;
}
