// The error names: the policy. Each says whose fault it is and how the machine reacts; nothing else is thrown on purpose.

export type Fault = 'author' | 'platform' | 'aws' | 'deployer' | 'outsider';

/** `retry` names a policy of `retry-policies.ts`; `fail` goes straight to the Catch, or is a verdict that a Choice reads. */
export type Reaction = { retry: 'throttled' | 'unavailable' | 'notReady' | 'endpointBusy' } | 'fail';

export interface ErrorPolicy {
  readonly fault: Fault;
  readonly reaction: Reaction;
}

export const errorPolicies = {
  /** The request or the artifact is not acceptable; every problem is listed. */
  RequestRejected: { fault: 'author', reaction: 'fail' },
  /** AWS limits the rate of calls. */
  Throttled: { fault: 'aws', reaction: { retry: 'throttled' } },
  /** AWS answered 5xx, or did not answer. */
  ServiceUnavailable: { fault: 'aws', reaction: { retry: 'unavailable' } },
  /** Something that was just made is not visible or not settled yet. */
  NotReady: { fault: 'aws', reaction: { retry: 'notReady' } },
  /** The endpoint is being changed by something else. */
  EndpointBusy: { fault: 'outsider', reaction: { retry: 'endpointBusy' } },
  /** Somebody else changed the endpoint after the rollout was planned. */
  EndpointChanged: { fault: 'outsider', reaction: 'fail' },
  /** The rollout was stopped, and another execution has taken the endpoint over since. */
  LeaseLost: { fault: 'platform', reaction: 'fail' },
  /** A rollback or a retirement of the endpoint asked the rollout to stop, or its execution was stopped. */
  Stopped: { fault: 'platform', reaction: 'fail' },
  /** Somebody cancelled the rollout before its model was live. */
  Cancelled: { fault: 'author', reaction: 'fail' },
  /** Another rollout took its place, and the platform has such an execution end FAILED. */
  Superseded: { fault: 'author', reaction: 'fail' },
  /** An alarm that shall watch the update is missing, or in ALARM before it begins. */
  AlarmNotUsable: { fault: 'author', reaction: 'fail' },
  /** A role of this system lacks a permission. */
  AccessDenied: { fault: 'platform', reaction: 'fail' },
  /** A service quota of the account is used up. */
  QuotaExceeded: { fault: 'platform', reaction: 'fail' },
  /** AWS refused a call as invalid for another reason. */
  CallRefused: { fault: 'deployer', reaction: 'fail' },
  /** The stack was updated twice while this rollout ran. */
  ContractVersionUnsupported: { fault: 'deployer', reaction: 'fail' },
  /** The endpoint did not come into service with the new model. */
  DeploymentFailed: { fault: 'author', reaction: 'fail' },
  /** SageMaker put the endpoint back on its previous configuration. */
  DeploymentRolledBack: { fault: 'author', reaction: 'fail' },
  /** The endpoint was not in service before the deadline. */
  DeadlineExceeded: { fault: 'aws', reaction: 'fail' },
  /** The endpoint is in service but does not answer as it must. */
  CanaryFailed: { fault: 'author', reaction: 'fail' },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorName = keyof typeof errorPolicies;

/** The shape in which Step Functions hands a caught error to the next state, used for verdicts too. */
export interface Failure {
  readonly Error: string;
  readonly Cause: string;
}
