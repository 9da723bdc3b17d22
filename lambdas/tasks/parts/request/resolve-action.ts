// Resolves a request to do something else with an endpoint than to deploy to it: roll back, retire it, cancel or recover a rollout.
import { CancelRequestSchema } from '../../../../state-machine/contract/cancel-request.ts';
import {
  RecoverRequestSchema,
  RetireEndpointRequestSchema,
  type RollbackRequest,
  RollbackRequestSchema,
} from '../../../../state-machine/contract/other-requests.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import type { ResolvedVariant } from '../../../../state-machine/contract/resolved-request.ts';
import { mainVariant } from '../../../../state-machine/contract/variant.ts';
import type { RequestedModel } from '../../../../state-machine/contract/variant-models.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import { bounded, check } from '../../../core/problems/problems.ts';
import { RELEASES_READ } from '../../../core/releases-read.ts';
import { NOTHING_RESOLVED, prefixProblems, type Resolved } from '../../../core/request/request-output.ts';
import type { OtherAction } from '../../../core/request/requested-action.ts';
import { chosenRelease, repeatedRequest } from '../../../core/request/rollback-request.ts';
import type { StackEnvironment } from '../../../core/request/stack-environment.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import { requestOf } from './released-settings.ts';

interface Ports {
  documents: Documents;
  ledger: Ledger;
}

export async function resolveAction(
  ports: Ports,
  stack: StackEnvironment,
  rolloutId: string,
  action: OtherAction,
  request: unknown,
): Promise<Resolved> {
  const resolved = { ...NOTHING_RESOLVED, action };
  const limited = (endpointName: string | null, problems: readonly Problem[] = []) => ({
    endpointName,
    problems: bounded([...problems, ...prefixProblems(endpointName, stack.settings)]),
  });
  switch (action) {
    case 'retireEndpoint': {
      const { value, problems } = check(RetireEndpointRequestSchema, request);
      if (value === null) return { ...resolved, problems: bounded(problems) };
      return { ...resolved, ...limited(value.endpointName), correlationId: value.correlationId ?? null };
    }
    case 'cancel': {
      const { value, problems } = check(CancelRequestSchema, request);
      if (value === null) return { ...resolved, problems: bounded(problems) };
      const { endpointName, rolloutId: cancels, correlationId = null } = value;
      return { ...resolved, ...limited(endpointName), cancels, correlationId };
    }
    case 'recover': {
      const { value, problems } = check(RecoverRequestSchema, request);
      if (value === null) return { ...resolved, problems: bounded(problems) };
      return { ...resolved, ...limited(value.endpointName ?? null), recovers: value.rolloutId };
    }
    case 'rollback': {
      const { value, problems } = check(RollbackRequestSchema, request);
      if (value === null) return { ...resolved, problems: bounded(problems) };
      const { endpointName } = value;
      const found = await repeatedRelease(ports, stack, value);
      const known = { ...resolved, correlationId: value.correlationId ?? null };
      if ('problem' in found) return { ...known, ...limited(endpointName, [found.problem]) };
      const { release, resolved: repeated } = found;
      return {
        ...known,
        ...limited(endpointName),
        servedArtifactSha256: mainVariant(release.variants)?.artifactSha256 ?? null,
        ...(repeated.trust !== null && { trust: repeated.trust }),
        ...(repeated.variants !== undefined && { models: repeatedModels(release, repeated.variants) }),
        document: await ports.documents.write(rolloutDocumentKey(endpointName, rolloutId, 'request'), repeated),
      };
    }
  }
}

/** The release to go back to, and its request once more. */
async function repeatedRelease({ documents, ledger }: Ports, { settings }: StackEnvironment, request: RollbackRequest) {
  const releases = await ledger.releases(request.endpointName, RELEASES_READ);
  const chosen = chosenRelease(request, releases);
  if ('problem' in chosen) return chosen;
  const { release } = chosen;
  const earlier = await requestOf(documents, release);
  const repeated = repeatedRequest(request, release, earlier, releases[0], settings);
  return 'problem' in repeated ? repeated : { ...repeated, release };
}

/** What each variant served then. */
const repeatedModels = ({ variants }: Release, repeated: readonly ResolvedVariant[]): RequestedModel[] =>
  repeated.map(({ name, trust }) => ({
    variantName: name,
    upload: null,
    servedArtifactSha256: variants.find((variant) => variant.name === name)?.artifactSha256 ?? null,
    servableModelFiles: null,
    ...(trust !== null && { trust }),
  }));
