// The table of waits: each is a callback state, which ends when its task token is answered, or after the seconds that its output says.
import type * as z from 'zod/mini';
import {
  CandidateRemovalSchema,
  DeploymentSchema,
  ExecutionSchema,
  LeaseOutputSchema,
  PlannedSchema,
  RequestOutputSchema,
  RetirementSchema,
  RollbackSchema,
} from './outputs.ts';
import type { StateKey } from './steps.ts';
import { WeightShiftOutputSchema } from './weight-shift.ts';

interface WaitDefinition {
  /** What AwaitChange is given, beside the token and the wait's name. */
  readonly reads: { readonly [key in StateKey]?: z.core.$ZodType };
  /** The output whose `waitSeconds` is the longest that it waits. */
  readonly of: StateKey;
}

const always = { execution: ExecutionSchema, lease: LeaseOutputSchema };
const planned = { ...always, plan: PlannedSchema };

export const waits = {
  WaitForLease: { reads: { ...always, request: RequestOutputSchema }, of: 'lease' },
  WaitForIdleEndpoint: { reads: always, of: 'plan' },
  WaitForCandidate: { reads: { ...planned, candidate: DeploymentSchema }, of: 'candidate' },
  WaitForCandidateAnswers: { reads: always, of: 'candidateCanaryInvocations' },
  WaitForCandidateDeletion: { reads: { ...planned, candidateRemoval: CandidateRemovalSchema }, of: 'candidateRemoval' },
  WaitForEndpoint: { reads: { ...planned, deployment: DeploymentSchema }, of: 'deployment' },
  WaitForWeights: { reads: { ...planned, weights: WeightShiftOutputSchema }, of: 'weights' },
  WaitForCanary: { reads: always, of: 'canaryInvocations' },
  WaitForRollback: { reads: { ...planned, rollback: RollbackSchema }, of: 'rollback' },
  WaitForRetirement: { reads: { ...always, retirement: RetirementSchema }, of: 'retirement' },
} as const satisfies Record<string, WaitDefinition>;

export type WaitName = keyof typeof waits;
export const waitNames = Object.keys(waits) as WaitName[];

/** The function that keeps the token of every wait. */
export const AWAIT_CHANGE = 'AwaitChange';

/** What it is given of the execution's state. */
export type WaitInput<Name extends WaitName> = {
  [Key in keyof (typeof waits)[Name]['reads']]: (typeof waits)[Name]['reads'][Key] extends z.core.$ZodType
    ? z.infer<(typeof waits)[Name]['reads'][Key]>
    : never;
};

/** One wait with what it reads, and the token whose answer ends it. */
export type AnyWait = { [Name in WaitName]: { wait: Name; taskToken: string } & WaitInput<Name> }[WaitName];
