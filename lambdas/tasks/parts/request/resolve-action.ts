// A request to do something else with an endpoint than to deploy to it: back to a release, retire it, or finish a way back.
import * as z from 'zod/mini';
import type { RequestOutput } from '../../../../state-machine/contract/outputs.ts';
import type { Problem } from '../../../../state-machine/contract/problem.ts';
import type { Release } from '../../../../state-machine/contract/release.ts';
import {
  RecoverRequestSchema,
  RetireEndpointRequestSchema,
  RollbackRequestSchema,
} from '../../../../state-machine/contract/request.ts';
import { ALL_AT_ONCE, ResolvedRequestSchema } from '../../../../state-machine/contract/resolved-request.ts';
import { CONTRACT_VERSION } from '../../../../state-machine/contract/version.ts';
import { rolloutDocumentKey } from '../../../core/naming/rollout-documents.ts';
import { check, problem } from '../../../core/problems/problems.ts';
import type { Platform } from '../../../core/request/platform.ts';
import { RolloutError } from '../../../core/rollout-error.ts';
import type { Documents } from '../../../ports/documents.ts';
import type { Ledger } from '../../../ports/ledger.ts';

interface Ports {
  documents: Documents;
  ledger: Ledger;
}

type Action = Exclude<RequestOutput['action'], 'deploy'>;
/** What an action decides of ResolveRequest's output. */
export type ResolvedAction = Pick<
  RequestOutput,
  'action' | 'problems' | 'endpointName' | 'correlationId' | 'recovers' | 'servedArtifactSha256' | 'document' | 'trust'
>;

const actions: readonly string[] = ['rollback', 'retireEndpoint', 'recover'] satisfies Action[];

/** A request that names an action which does not exist. */
export function unknownAction(request: unknown): Problem | null {
  const action = (request as { action?: unknown } | null | undefined)?.action;
  if (action === undefined || action === 'deploy' || actionOf(request) !== null) return null;
  const message = `Found ${JSON.stringify(action)?.slice(0, 60)}. Allowed: "deploy" (the default), "rollback", "retireEndpoint".`;
  return problem('action', message);
}

/** The action that a request names, if it is one of these. */
export function actionOf(request: unknown): Action | null {
  const action = (request as { action?: unknown } | null | undefined)?.action;
  return typeof action === 'string' && actions.includes(action) ? (action as Action) : null;
}

export async function resolveAction(
  ports: Ports,
  { bucketName, settings }: Platform,
  rolloutId: string,
  action: Action,
  request: unknown,
): Promise<ResolvedAction> {
  const nothing = { action, correlationId: null, recovers: null, servedArtifactSha256: null, document: null };
  const wrong = (problems: readonly Problem[]): ResolvedAction => ({
    ...nothing,
    endpointName: null,
    problems: [...problems],
  });
  switch (action) {
    case 'retireEndpoint': {
      const { value, problems } = check(RetireEndpointRequestSchema, request);
      if (value === null) return wrong(problems);
      return { ...nothing, problems: [], endpointName: value.endpointName, correlationId: value.correlationId ?? null };
    }
    case 'recover': {
      const { value, problems } = check(RecoverRequestSchema, request);
      if (value === null) return wrong(problems);
      return { ...nothing, problems: [], endpointName: value.endpointName ?? null, recovers: value.rolloutId };
    }
    case 'rollback': {
      const { value, problems } = check(RollbackRequestSchema, request);
      if (value === null) return wrong(problems);
      const { endpointName } = value;
      const known = { ...nothing, endpointName, correlationId: value.correlationId ?? null };
      const found = await findRelease(ports, endpointName, value.to);
      if ('problem' in found) return { ...known, problems: [found.problem] };
      const document = {
        bucket: bucketName,
        key: rolloutDocumentKey(endpointName, found.release.rolloutId, 'request'),
      };
      const earlier = await readOrNull(ports.documents, document);
      if (earlier === null) {
        const message = `The request of the release ${found.release.rolloutId} is not kept any more. Start a rollout that names its model.`;
        return { ...known, problems: [problem('to', message)] };
      }
      if (earlier.trust !== null && !settings.allowTrust) {
        const message = `The release ${found.release.rolloutId} runs code of its own, which this platform does not allow any more.`;
        return { ...known, problems: [problem('to', message)] };
      }
      const verification = value.verification ?? 'live';
      const resolved = {
        ...earlier,
        contractVersion: CONTRACT_VERSION,
        verification,
        strategy: ALL_AT_ONCE,
        alarms: null,
      };
      const key = rolloutDocumentKey(endpointName, rolloutId, 'request');
      return {
        ...known,
        problems: [],
        servedArtifactSha256: found.release.artifactSha256,
        ...(earlier.trust !== null && { trust: earlier.trust }),
        document: await ports.documents.write(key, resolved),
      };
    }
  }
}

/** How many releases may be gone back to, at most. */
const MAXIMUM_RELEASES = 20;

async function findRelease(
  { ledger }: Ports,
  endpointName: string,
  to: string | undefined,
): Promise<{ release: Release } | { problem: Problem }> {
  const releases = await ledger.releases(endpointName, MAXIMUM_RELEASES);
  const release = to === undefined ? releases[1] : releases.find(({ rolloutId }) => rolloutId === to);
  if (release !== undefined) return { release };
  const known = releases.map(({ rolloutId }) => rolloutId).join(', ') || 'none';
  const message =
    to === undefined
      ? `The endpoint "${endpointName}" has no release before the one that serves. Its releases: ${known}.`
      : `The endpoint "${endpointName}" has no release of the rollout "${to}". Its releases, the newest first: ${known}.`;
  return { problem: problem('to', message) };
}

async function readOrNull(documents: Documents, document: { bucket: string; key: string }) {
  try {
    return z.parse(ResolvedRequestSchema, await documents.read(document));
  } catch (error) {
    if (error instanceof RolloutError && error.name === 'NotReady') return null;
    throw error;
  }
}
