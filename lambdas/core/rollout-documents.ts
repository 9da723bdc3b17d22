// Where the documents of a rollout are kept.

export type RolloutDocumentName = 'trigger' | 'request' | 'golden-cases' | 'plan' | 'outcome';

export const rolloutDocumentKey = (endpointName: string, rolloutId: string, name: RolloutDocumentName): string =>
  `rollouts/${endpointName}/${rolloutId}/${name}.json`;
