// All that planning reads: of every port the methods that change nothing.
import type { Alarms } from '../../lambdas/ports/alarms.ts';
import type { ArtifactStore } from '../../lambdas/ports/artifact-store.ts';
import type { Clock } from '../../lambdas/ports/clock.ts';
import type { DeploymentTarget } from '../../lambdas/ports/deployment-target.ts';
import type { Documents } from '../../lambdas/ports/documents.ts';
import type { EndpointConfigs } from '../../lambdas/ports/endpoint-configs.ts';
import type { Images } from '../../lambdas/ports/images.ts';
import type { Leases } from '../../lambdas/ports/leases.ts';
import type { Ledger } from '../../lambdas/ports/ledger.ts';
import type { Models } from '../../lambdas/ports/models.ts';
import type { ReleaseSettings } from '../../lambdas/ports/release-settings.ts';
import type { Scaling } from '../../lambdas/ports/scaling.ts';
import type { UploadedArchives } from '../../lambdas/ports/uploaded-archives.ts';
import type { Uploads } from '../../lambdas/ports/uploads.ts';

export interface ReadPorts {
  alarms: Pick<Alarms, 'states'>;
  archives: Pick<UploadedArchives, 'open' | 'findStored' | 'openStored'>;
  artifacts: Pick<ArtifactStore, 'isThere' | 'list'>;
  clock: Clock;
  deploymentTarget: Pick<DeploymentTarget, 'describe' | 'tags'>;
  documents: Pick<Documents, 'read' | 'find'>;
  endpointConfigs: Pick<EndpointConfigs, 'find'>;
  images: Images;
  leases: Pick<Leases, 'read'>;
  ledger: Ledger;
  models: Pick<Models, 'find'>;
  releaseSettings: ReleaseSettings;
  scaling: Pick<Scaling, 'find'>;
  uploads: Pick<Uploads, 'find' | 'listArchives' | 'readText'>;
}

/** Those alone, of ports that could do more; each says what may not be read where AWS refuses access. */
export function readPorts(
  ports: ReadPorts,
  readable: <Port extends object>(port: Port, what: string) => Port,
): ReadPorts {
  const { alarms, archives, artifacts, deploymentTarget, documents, endpointConfigs } = ports;
  const { images, leases, ledger, models, releaseSettings, scaling, uploads } = ports;
  return {
    clock: ports.clock,
    alarms: readable({ states: alarms.states }, 'The states of alarms'),
    // Its streams tell later.
    archives: {
      open: archives.open,
      openStored: archives.openStored,
      ...readable({ findStored: archives.findStored }, 'What is kept of accepted archives'),
    },
    artifacts: readable({ isThere: artifacts.isThere, list: artifacts.list }, 'What is kept of accepted archives'),
    deploymentTarget: readable({ describe: deploymentTarget.describe, tags: deploymentTarget.tags }, 'The endpoint'),
    documents: readable({ read: documents.read, find: documents.find }, 'The documents of earlier rollouts'),
    endpointConfigs: readable({ find: endpointConfigs.find }, 'The endpoint’s configuration'),
    images: readable({ describe: images.describe }, 'The image'),
    leases: readable({ read: leases.read }, 'Who changes the endpoint now'),
    ledger: readable(
      { findOutcome: ledger.findOutcome, releases: ledger.releases, findUpload: ledger.findUpload },
      'The releases',
    ),
    models: readable({ find: models.find }, 'A model'),
    releaseSettings: readable({ find: releaseSettings.find }, 'The settings of the newest release'),
    scaling: readable({ find: scaling.find }, 'The scaling of the endpoint'),
    uploads: readable(
      { find: uploads.find, listArchives: uploads.listArchives, readText: uploads.readText },
      'What was uploaded',
    ),
  };
}
