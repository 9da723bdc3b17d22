// ResolveRequest: whatever started the rollout becomes one request with nothing left open, or a list of all its problems.
import type { Upload } from '../../state-machine/contract/resolved-request.ts';
import type { Task } from '../../state-machine/contract/steps.ts';
import { rolloutDocumentKey } from '../core/naming/rollout-documents.ts';
import { problem } from '../core/problems/problems.ts';
import { type Resolved, rejectedRequest } from '../core/request/request-output.ts';
import { requestedAction } from '../core/request/requested-action.ts';
import type { StackEnvironment } from '../core/request/stack-environment.ts';
import { ACCEPTED_TRIGGERS, readTrigger, type Trigger } from '../core/request/trigger.ts';
import type { Clock } from '../ports/clock.ts';
import type { Documents } from '../ports/documents.ts';
import type { Images } from '../ports/images.ts';
import type { Leases } from '../ports/leases.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ReleaseSettings } from '../ports/release-settings.ts';
import type { Uploads } from '../ports/uploads.ts';
import { resolveAction } from './parts/request/resolve-action.ts';
import { resolveDeployment } from './parts/request/resolve-deployment.ts';

export interface ResolveRequestPorts {
  clock: Clock;
  uploads: Uploads;
  documents: Documents;
  images: Images;
  ledger: Ledger;
  leases: Leases;
  releaseSettings: ReleaseSettings;
}

export const resolveRequest =
  (ports: ResolveRequestPorts, stack: StackEnvironment): Task<'ResolveRequest'> =>
  async ({ execution, trigger: received, request: outdated }) => {
    // Resolved again after a wait: the endpoint's manifest, its releases and its uploads may be others by now.
    const input = outdated?.trigger == null ? received : await ports.documents.read(outdated.trigger);
    const trigger = readTrigger(input);
    const resolvedAt = ports.clock.now().toISOString();
    const startedByKey = trigger.kind === 'objectCreated' ? trigger.key : null;

    const resolved = await resolve(ports, stack, execution.name, trigger, outdated?.upload ?? null);
    const { endpointName, document, problems } = resolved;
    // Only what may become outdated is resolved again.
    if (endpointName === null || document === null || problems.length > 0)
      return { ...resolved, trigger: null, startedByKey, resolvedAt };
    const key = rolloutDocumentKey(endpointName, execution.name, 'trigger');
    const stored = outdated?.trigger ?? (await ports.documents.write(key, input));
    return { ...resolved, trigger: stored, startedByKey, resolvedAt };
  };

async function resolve(
  ports: ResolveRequestPorts,
  stack: StackEnvironment,
  rolloutId: string,
  trigger: Trigger,
  waitedFor: Upload | null,
): Promise<Resolved> {
  if (trigger.kind === 'unknown')
    return rejectedRequest([problem('(input)', `${trigger.problem} ${ACCEPTED_TRIGGERS}`)]);
  if (trigger.kind === 'request') {
    const requested = requestedAction(trigger.request);
    if ('problem' in requested) return rejectedRequest([requested.problem]);
    const { action } = requested;
    if (action !== 'deploy') return resolveAction(ports, stack, rolloutId, action, trigger.request);
  }
  return resolveDeployment(ports, stack, rolloutId, trigger, waitedFor);
}
