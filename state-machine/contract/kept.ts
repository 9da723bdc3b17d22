// Which settings of a request keep their value where the next request leaves them out. Each key of a request stands on one list.

/** From the newest release, unless a request resets them. Of `canaryInvocations` all but what is listed below. */
export const KEPT = [
  'variants',
  'image',
  'environment',
  'hosting',
  'strategy',
  'scaling',
  'canaryInvocations',
  'alarms',
  'network',
  'encryption',
  'dataCapture',
  'tags',
] as const;
export type KeptKey = (typeof KEPT)[number];

/** What a request says of itself, of one model, or of this one rollout. */
export const NEVER_KEPT = [
  '$schema',
  'action',
  'endpointName',
  'model',
  'trust',
  'ignore',
  'verification',
  'candidate',
  'reset',
  'correlationId',
] as const;

/** Of `canaryInvocations`: golden cases are said of one model. */
export const NEVER_KEPT_CASES = ['cases', 'casesS3Uri'] as const;

/** Of a variant: what is said of its name, of one model, or of this one rollout. */
export const NEVER_KEPT_OF_VARIANT = ['model', 'trust', 'ignore', 'canaryInvocations'] as const;
