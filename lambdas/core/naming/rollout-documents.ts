// Where the documents of a rollout are kept.

/** `golden-cases-<variant>`: of one variant, where variants are named. */
export type RolloutDocumentName =
  | 'trigger'
  | 'request'
  | 'golden-cases'
  | `golden-cases-${string}`
  | 'plan'
  /** What an asynchronous endpoint was asked to verify it, by the endpoint's name. */
  | `asked-${string}`
  | 'outcome';

/** In place of the name, where the endpoint never became known: no endpoint can be named like this. */
export const UNKNOWN_ENDPOINT = '_unknown';

export const rolloutDocumentKey = (endpointName: string, rolloutId: string, name: RolloutDocumentName): string =>
  `rollouts/${endpointName}/${rolloutId}/${name}.json`;
