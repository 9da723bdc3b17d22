// What each type of hosting excludes: said in the published schema, and refused by its name. Each begins with the field.

export const EXCLUDED = {
  realtime: ['scaling.minimum 0'],
  serverless: [
    'network.isolation true',
    'network.vpc',
    'encryption.volumeKmsKeyArn',
    'dataCapture',
    'strategy other than "allAtOnce" without waits',
    'alarms',
    'candidate',
    'scaling.minimum 0',
    'variants if they are several',
  ],
  async: [
    'strategy.type other than "allAtOnce"',
    'alarms.maximumP99Milliseconds',
    'dataCapture',
    'candidate.type "serverless"',
    'canaryInvocations.requests',
    'canaryInvocations.maximumErrorPercent',
    'canaryInvocations.maximumP99Milliseconds',
    'variants',
  ],
} as const satisfies Record<string, readonly string[]>;

export const excludedText = (kind: keyof typeof EXCLUDED): string => `It excludes ${EXCLUDED[kind].join(', ')}.`;
