// ResolveRequest: whatever started the rollout becomes one request with nothing left open, or a list of all its problems.
import type { PlatformSettings } from '../../state-machine/contract/platform.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';
import type { ResolvedRequest, Upload } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { CONTRACT_VERSION } from '../../state-machine/contract/version.ts';
import { SERVABLE_MODEL_FILES } from '../core/archive/servable-model-files.ts';
import { rolloutDocumentKey } from '../core/naming/rollout-documents.ts';
import { bounded, problem } from '../core/problems/problems.ts';
import { type CheckedRequest, checkRequest, NO_REQUEST } from '../core/request/check-request.ts';
import type { Platform } from '../core/request/platform.ts';
import { resolveSettings } from '../core/request/resolve-settings.ts';
import { readTrigger } from '../core/request/trigger.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Images } from '../ports/images.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { Uploads } from '../ports/uploads.ts';
import { findModel, findModelOfEvent } from './parts/request/find-model.ts';
import { readGoldenCases } from './parts/request/read-golden-cases.ts';
import { readManifest } from './parts/request/read-manifest.ts';
import { actionOf, resolveAction, unknownAction } from './parts/request/resolve-action.ts';
import { resolveImage } from './parts/request/resolve-image.ts';

export interface ResolveRequestPorts {
  clock: Clock;
  uploads: Uploads;
  documents: Documents;
  images: Images;
  ledger: Ledger;
}

export const resolveRequest =
  (ports: ResolveRequestPorts, platform: Platform): Task<'ResolveRequest'> =>
  async ({ execution, trigger: received, request: outdated }) => {
    // Read again after a wait: the endpoint's manifest, its releases and its uploads may be others by now.
    const input = outdated?.trigger == null ? received : await ports.documents.read(outdated.trigger);
    const trigger = readTrigger(input);
    const startedByKey = trigger.kind === 'objectCreated' ? trigger.key : null;
    const always = {
      action: 'deploy',
      recovers: null,
      trigger: null,
      startedByKey,
      resolvedAt: ports.clock.now().toISOString(),
    } as const;
    const reject = (...found: Parameters<typeof rejected>) => ({ ...always, ...rejected(...found) });
    const keep = (endpointName: string) =>
      outdated?.trigger ?? ports.documents.write(rolloutDocumentKey(endpointName, execution.name, 'trigger'), input);

    const action = trigger.kind === 'request' ? actionOf(trigger.request) : null;
    if (trigger.kind === 'request' && action !== null) {
      const resolved = await resolveAction(ports, platform, execution.name, action, trigger.request);
      const { endpointName } = resolved;
      const problems = bounded([...resolved.problems, ...prefixProblems(endpointName, platform.settings)]);
      const isKept = action === 'rollback' && endpointName !== null && problems.length === 0;
      return {
        ...always,
        ...resolved,
        problems,
        trigger: isKept ? await keep(endpointName) : null,
        upload: null,
        servableModelFiles: null,
      };
    }
    const unknown = trigger.kind === 'request' ? unknownAction(trigger.request) : null;
    if (unknown !== null) return reject(null, null, [unknown]);
    if (trigger.kind === 'unknown') return reject(null, null, [problem('(input)', trigger.problem)]);

    const isRequest = trigger.kind === 'request';
    const asked = isRequest ? checkRequest(trigger.request) : NO_REQUEST;
    const model = isRequest
      ? await findModel(ports, platform, asked)
      : await findModelOfEvent(ports, platform, trigger, outdated?.upload ?? null);
    const { endpointName, upload } = model;
    const problems: Problem[] = [...asked.problems, ...model.problems];
    // A key that names no endpoint says nothing of settings either; a request without one still does.
    if (endpointName === null && !isRequest) return reject(null, upload, problems);

    const manifest =
      endpointName === null ? NO_REQUEST : await readManifest(ports.uploads, platform.bucketName, endpointName);
    problems.push(...manifest.problems, ...prefixProblems(endpointName, platform.settings));
    const wanted: CheckedRequest = { ...manifest.request, ...asked.request };

    const captureS3Uri = `s3://${platform.bucketName}/capture/${endpointName}/`;
    const { settings, problems: settingsProblems } = resolveSettings(wanted, platform.settings, captureS3Uri);
    const image = await resolveImage(ports.images, platform, wanted.image, settings.hosting.instanceType);
    const golden = await readGoldenCases(ports.uploads, platform.bucketName, wanted.canaryInvocations);
    problems.push(...settingsProblems, ...image.problems, ...golden.problems);
    if (problems.length > 0 || image.image === null || endpointName === null)
      return reject(endpointName, upload, problems, wanted);

    const keyOf = (name: 'golden-cases' | 'request') => rolloutDocumentKey(endpointName, execution.name, name);
    const goldenCases =
      golden.cases === null ? null : await ports.documents.write(keyOf('golden-cases'), { cases: golden.cases });
    const resolved: ResolvedRequest = {
      contractVersion: CONTRACT_VERSION,
      endpointName,
      image: image.image,
      goldenCases,
      trust: wanted.trust ?? null,
      ...settings,
    };
    const isOwnImage = image.image.repositoryName === platform.settings.servingImage.repositoryName;
    return {
      ...always,
      trigger: await keep(endpointName),
      problems: [],
      endpointName,
      upload,
      servedArtifactSha256: model.servedArtifactSha256,
      servableModelFiles: isOwnImage ? [...SERVABLE_MODEL_FILES] : null,
      ...(wanted.trust === undefined ? {} : { trust: wanted.trust }),
      document: await ports.documents.write(keyOf('request'), resolved),
      correlationId: wanted.correlationId ?? null,
    };
  };

/** The upload is looked into all the same: its author hears of everything at once. */
const rejected = (
  endpointName: string | null,
  upload: Upload | null,
  problems: Problem[],
  { image, trust, correlationId }: CheckedRequest = {},
) => ({
  problems: bounded(problems),
  endpointName,
  upload,
  servedArtifactSha256: null,
  servableModelFiles: image === undefined ? [...SERVABLE_MODEL_FILES] : null,
  ...(trust === undefined ? {} : { trust }),
  document: null,
  correlationId: correlationId ?? null,
});

function prefixProblems(endpointName: string | null, { endpointNamePrefix: prefix }: PlatformSettings): Problem[] {
  if (endpointName === null || endpointName.startsWith(prefix)) return [];
  const message = `The endpoint "${endpointName}" is not allowed by the platform: names begin with "${prefix}".`;
  return [problem('endpointName', message)];
}
