// A setting that a request leaves out keeps its value: the request's own, then the manifest's, then the newest release's.
import { KEPT, type KeptKey, NEVER_KEPT_CASES } from '../../../state-machine/contract/kept.ts';
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import { canonicalJson } from '../naming/names.ts';
import type { CheckedRequest } from './check-request.ts';
import { over, without } from './settings-over.ts';

/** Settings that there are already, and what has them, in words: `the release rollout-1`. */
export interface Kept {
  settings: KeptSettings;
  from: string;
}

export interface Merged {
  /** What is wanted; what is still left out is the platform's to say. */
  wanted: CheckedRequest;
  /** The settings that are kept, or some of whose fields are. */
  kept: KeptKey[];
}

type Reset = CheckedRequest['reset'];

/** What request and manifest say together; the request goes first. */
export const askedOf = (request: CheckedRequest, manifest: CheckedRequest): CheckedRequest => over(request, manifest);

/** `asked`: as `askedOf` gives it, with the `reset` of the request. */
export function keepSettings(asked: CheckedRequest, kept: Kept | null): Merged {
  const below = keptBut(kept?.settings ?? {}, asked.reset);
  const wanted = over(asked, below);
  const isKept = (key: KeptKey) => canonicalJson(wanted[key] ?? null) !== canonicalJson(asked[key] ?? null);
  return { wanted, kept: KEPT.filter(isKept) };
}

/** What a request says of settings: all that has to be known to merge it once more. Golden cases are a document of their own. */
export function settingsAsked(asked: CheckedRequest): CheckedRequest {
  const { model: _, ignore: _said, canaryInvocations, variants, ...request } = asked;
  return {
    ...request,
    ...(canaryInvocations !== undefined && { canaryInvocations: without(canaryInvocations, NEVER_KEPT_CASES) }),
    ...(variants !== undefined && {
      variants: variants.map((each) => without(each, ['model', 'ignore', 'canaryInvocations'])),
    }),
  };
}

/** The same request, with one more setting reset. */
export function resetting(asked: CheckedRequest, key: KeptKey): CheckedRequest {
  return asked.reset === 'all' ? asked : { ...asked, reset: [...(asked.reset ?? []), key] };
}

function keptBut(settings: KeptSettings, reset: Reset = []): KeptSettings {
  const keys = reset === 'all' ? [] : KEPT.filter((key) => !reset.includes(key));
  return Object.fromEntries(keys.map((key) => [key, settings[key]]));
}
