// The error names: the policy. Each says whose fault it is and how the machine reacts; nothing else is thrown on purpose.

export type Fault = 'author' | 'platform' | 'aws' | 'deployer' | 'outsider';

/** `retry` names a policy of `retry-policies.ts`; `fail` goes straight to the Catch, or is a verdict that a Choice reads. */
export type Reaction = { retry: 'throttled' | 'unavailable' | 'notReady' | 'endpointBusy' } | 'fail';

export interface ErrorPolicy {
  readonly fault: Fault;
  readonly reaction: Reaction;
  readonly meaning: string;
}

export const errorPolicies = {
  RequestRejected: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'The request or the artifact is not acceptable; every problem is listed.',
  },
  Throttled: { fault: 'aws', reaction: { retry: 'throttled' }, meaning: 'AWS limits the rate of calls.' },
  ServiceUnavailable: {
    fault: 'aws',
    reaction: { retry: 'unavailable' },
    meaning: 'AWS answered 5xx, or did not answer.',
  },
  NotReady: {
    fault: 'aws',
    reaction: { retry: 'notReady' },
    meaning: 'Something that was just made is not visible or not settled yet.',
  },
  EndpointBusy: {
    fault: 'outsider',
    reaction: { retry: 'endpointBusy' },
    meaning: 'The endpoint is being changed by something else.',
  },
  EndpointChanged: {
    fault: 'outsider',
    reaction: 'fail',
    meaning: 'Somebody else changed the endpoint after the rollout was planned.',
  },
  LeaseLost: {
    fault: 'platform',
    reaction: 'fail',
    meaning: 'The rollout was stopped, and another execution has taken the endpoint over since.',
  },
  Stopped: {
    fault: 'platform',
    reaction: 'fail',
    meaning: 'A rollback or a retirement of the endpoint asked the rollout to stop, or its execution was stopped.',
  },
  Cancelled: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'Somebody cancelled the rollout before its model was live.',
  },
  Superseded: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'Another rollout took its place, and the platform has such an execution end FAILED.',
  },
  AlarmNotUsable: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'An alarm that shall watch the update is missing, or in ALARM before it begins.',
  },
  AccessDenied: { fault: 'platform', reaction: 'fail', meaning: 'A role of this system lacks a permission.' },
  QuotaExceeded: { fault: 'platform', reaction: 'fail', meaning: 'A service quota of the account is used up.' },
  CallRefused: { fault: 'deployer', reaction: 'fail', meaning: 'AWS refused a call as invalid for another reason.' },
  ContractVersionUnsupported: {
    fault: 'deployer',
    reaction: 'fail',
    meaning: 'The stack was updated twice while this rollout ran.',
  },
  DeploymentFailed: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'The endpoint did not come into service with the new model.',
  },
  DeploymentRolledBack: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'SageMaker put the endpoint back on its previous configuration.',
  },
  DeadlineExceeded: { fault: 'aws', reaction: 'fail', meaning: 'The endpoint was not in service before the deadline.' },
  CanaryFailed: {
    fault: 'author',
    reaction: 'fail',
    meaning: 'The endpoint is in service but does not answer as it must.',
  },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorName = keyof typeof errorPolicies;

/** The shape in which Step Functions hands a caught error to the next state, used for verdicts too. */
export interface Failure {
  readonly Error: string;
  readonly Cause: string;
}
