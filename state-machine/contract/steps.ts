// The table of steps: what each reads and writes. The machine's payloads, the handlers' checks and the tasks' types come from it.
import * as z from 'zod/mini';
import {
  ArtifactOutputSchema,
  CanaryOutputSchema,
  CreatedSchema,
  DeploymentSchema,
  ExecutionSchema,
  FailureSchema,
  OutcomeSchema,
  PlannedSchema,
  PlanOutputSchema,
  RequestOutputSchema,
  RollbackSchema,
  ScalingOutputSchema,
} from './outputs.ts';

/** The execution's state: one key for each named output, all present from the first state on, null until written. */
export const stateSchemas = {
  execution: ExecutionSchema,
  trigger: z.unknown(),
  request: RequestOutputSchema,
  artifact: ArtifactOutputSchema,
  plan: PlanOutputSchema,
  model: CreatedSchema,
  endpointConfig: CreatedSchema,
  deployment: DeploymentSchema,
  scaling: ScalingOutputSchema,
  canary: CanaryOutputSchema,
  failure: FailureSchema,
  rollback: RollbackSchema,
  /** Why the way back itself broke off, and why the outcome could not be recorded: neither may hide `failure`. */
  rollbackFailure: FailureSchema,
  recordingFailure: FailureSchema,
  outcome: OutcomeSchema,
} as const;
export type StateKey = keyof typeof stateSchemas;

interface StepDefinition {
  /** What the task receives, and nothing else; each with the schema that it must have by then. */
  readonly reads: { readonly [key in StateKey]?: z.core.$ZodType };
  readonly writes: StateKey;
  /** The Lambda function's own timeout, in seconds. The task state's is longer. */
  readonly functionTimeoutSeconds: number;
  /** Whether it belongs to the way back, which reads every contract version since the first release. */
  readonly wayBack?: true;
}

const execution = ExecutionSchema;
const planned = PlannedSchema;

export const steps = {
  ResolveRequest: { reads: { execution, trigger: z.unknown() }, writes: 'request', functionTimeoutSeconds: 60 },
  InspectArtifact: {
    reads: { execution, request: RequestOutputSchema },
    writes: 'artifact',
    functionTimeoutSeconds: 900,
  },
  PlanRollout: {
    reads: { execution, request: RequestOutputSchema, artifact: ArtifactOutputSchema },
    writes: 'plan',
    functionTimeoutSeconds: 60,
  },
  CreateModel: { reads: { plan: planned }, writes: 'model', functionTimeoutSeconds: 60 },
  CreateEndpointConfig: { reads: { plan: planned }, writes: 'endpointConfig', functionTimeoutSeconds: 60 },
  DeployEndpoint: { reads: { plan: planned }, writes: 'deployment', functionTimeoutSeconds: 60 },
  CheckEndpoint: {
    reads: { plan: planned, deployment: DeploymentSchema },
    writes: 'deployment',
    functionTimeoutSeconds: 30,
  },
  RegisterScaling: { reads: { plan: planned }, writes: 'scaling', functionTimeoutSeconds: 60 },
  RunCanary: { reads: { plan: planned }, writes: 'canary', functionTimeoutSeconds: 900 },
  RollBack: {
    reads: {
      plan: planned,
      /** How far the way forward came: what was never asked for need not be waited for. */
      endpointConfig: z.nullable(CreatedSchema),
      deployment: z.nullable(DeploymentSchema),
      rollback: z.nullable(RollbackSchema),
    },
    writes: 'rollback',
    functionTimeoutSeconds: 60,
    wayBack: true,
  },
  CheckRollback: {
    reads: { plan: planned, rollback: RollbackSchema },
    writes: 'rollback',
    functionTimeoutSeconds: 30,
    wayBack: true,
  },
  RecordOutcome: {
    reads: {
      execution,
      /** Forgotten once it has become a request; until then it says whose rollout failed. */
      trigger: z.unknown(),
      request: z.nullable(RequestOutputSchema),
      artifact: z.nullable(ArtifactOutputSchema),
      plan: z.nullable(PlanOutputSchema),
      deployment: z.nullable(DeploymentSchema),
      canary: z.nullable(CanaryOutputSchema),
      failure: z.nullable(FailureSchema),
      rollback: z.nullable(RollbackSchema),
      rollbackFailure: z.nullable(FailureSchema),
    },
    writes: 'outcome',
    functionTimeoutSeconds: 60,
    wayBack: true,
  },
} as const satisfies Record<string, StepDefinition>;

export type StepName = keyof typeof steps;
export const stepNames = Object.keys(steps) as StepName[];

/** What the task of a step receives. */
export type StepInput<Name extends StepName> = {
  [Key in keyof (typeof steps)[Name]['reads']]: (typeof steps)[Name]['reads'][Key] extends z.core.$ZodType
    ? z.infer<(typeof steps)[Name]['reads'][Key]>
    : never;
};

/** What the task of a step returns. */
export type StepOutput<Name extends StepName> = z.infer<(typeof stateSchemas)[(typeof steps)[Name]['writes']]>;

/** One task: what it needs from the world is bound before; then data in, data out. */
export type Task<Name extends StepName> = (input: StepInput<Name>) => Promise<StepOutput<Name>>;
