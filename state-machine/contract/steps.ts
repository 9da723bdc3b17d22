// The table of steps: what each reads and writes. The machine's payloads, the handlers' checks and the tasks' types come from it.
import * as z from 'zod/mini';
import { AlarmRemovalSchema, AlarmsOutputSchema, FleetVerdictSchema, GoldenTrafficSchema } from './guarded-update.ts';
import {
  ArtifactOutputSchema,
  CanaryInvocationsOutputSchema,
  CandidateRemovalSchema,
  CreatedModelsSchema,
  CreatedSchema,
  DeploymentSchema,
  ExecutionSchema,
  FailureSchema,
  LeaseOutputSchema,
  OutcomeSchema,
  PlannedSchema,
  PlanOutputSchema,
  RequestOutputSchema,
  RetentionSchema,
  RetirementSchema,
  RollbackSchema,
  ScalingOutputSchema,
} from './outputs.ts';
import type { StepDefinition } from './step-definition.ts';
import { TrialOutputSchema } from './trial.ts';
import { VariantTrafficSchema, WeightShiftOutputSchema } from './weight-shift.ts';

/** The execution's state: one key for each named output, all present from the first state on, null until written. */
export const stateSchemas = {
  execution: ExecutionSchema,
  trigger: z.unknown(),
  request: RequestOutputSchema,
  artifact: ArtifactOutputSchema,
  trial: TrialOutputSchema,
  lease: LeaseOutputSchema,
  plan: PlanOutputSchema,
  model: CreatedModelsSchema,
  endpointConfig: CreatedSchema,
  candidate: DeploymentSchema,
  candidateCanaryInvocations: CanaryInvocationsOutputSchema,
  candidateRemoval: CandidateRemovalSchema,
  alarms: AlarmsOutputSchema,
  deployment: DeploymentSchema,
  goldenTraffic: GoldenTrafficSchema,
  fleet: FleetVerdictSchema,
  weights: WeightShiftOutputSchema,
  variantTraffic: VariantTrafficSchema,
  alarmRemoval: AlarmRemovalSchema,
  scaling: ScalingOutputSchema,
  canaryInvocations: CanaryInvocationsOutputSchema,
  retention: RetentionSchema,
  retirement: RetirementSchema,
  failure: FailureSchema,
  rollback: RollbackSchema,
  /** Why the function that tries models broke off: the rollout goes on without it. */
  trialFailure: FailureSchema,
  /** Why the rollback itself broke off, and why the outcome could not be recorded: neither may hide `failure`. */
  rollbackFailure: FailureSchema,
  recordingFailure: FailureSchema,
  /** Why older releases could not be removed: the rollout itself has succeeded by then. */
  retentionFailure: FailureSchema,
  outcome: OutcomeSchema,
} as const;
export type StateKey = keyof typeof stateSchemas;

const execution = ExecutionSchema;

export const steps = {
  ResolveRequest: {
    reads: { execution, trigger: z.unknown(), request: z.nullable(RequestOutputSchema) },
    writes: 'request',
    functionTimeoutSeconds: 60,
  },
  InspectArtifact: {
    reads: { execution, request: RequestOutputSchema, artifact: z.nullable(ArtifactOutputSchema) },
    writes: 'artifact',
    functionTimeoutSeconds: 900,
  },
  /** In Python, of the serving image's own code: `serving-image/model_trial`. */
  TryModel: {
    reads: { artifact: ArtifactOutputSchema },
    writes: 'trial',
    functionTimeoutSeconds: 180,
    dispensable: true,
  },
  LeaseEndpoint: {
    reads: { execution, request: RequestOutputSchema, lease: z.nullable(LeaseOutputSchema) },
    writes: 'lease',
    functionTimeoutSeconds: 30,
    mutates: true,
  },
  PlanRollout: {
    reads: { execution, request: RequestOutputSchema, artifact: ArtifactOutputSchema, lease: LeaseOutputSchema },
    writes: 'plan',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  CreateModel: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'model',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  CreateEndpointConfig: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'endpointConfig',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  DeployCandidate: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'candidate',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  CheckCandidate: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema, candidate: DeploymentSchema },
    writes: 'candidate',
    functionTimeoutSeconds: 30,
  },
  VerifyCandidate: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      candidateCanaryInvocations: z.nullable(CanaryInvocationsOutputSchema),
    },
    writes: 'candidateCanaryInvocations',
    functionTimeoutSeconds: 900,
  },
  DeleteCandidate: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema, candidateRemoval: z.nullable(CandidateRemovalSchema) },
    writes: 'candidateRemoval',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  CreateAlarms: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'alarms',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  DeployEndpoint: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema, alarms: z.nullable(AlarmsOutputSchema) },
    writes: 'deployment',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  CheckEndpoint: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema, deployment: DeploymentSchema },
    writes: 'deployment',
    functionTimeoutSeconds: 30,
  },
  SendGoldenTraffic: {
    reads: {
      plan: PlannedSchema,
      /** Null in a machine that does not give it: it gets one batch, and looks and waits by itself. */
      lease: z.nullable(LeaseOutputSchema),
      deployment: DeploymentSchema,
      /** Says which digest the new model's answers name. */
      candidateCanaryInvocations: z.nullable(CanaryInvocationsOutputSchema),
      /** Without a candidate: which digest the answers of what serves name. */
      alarms: z.nullable(AlarmsOutputSchema),
      goldenTraffic: z.nullable(GoldenTrafficSchema),
    },
    writes: 'goldenTraffic',
    // Ten minutes, and room for the answers to a last batch, of 60 s each at most, for which it has 60 s to ask.
    functionTimeoutSeconds: 780,
  },
  JudgeFleet: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      deployment: DeploymentSchema,
      goldenTraffic: z.nullable(GoldenTrafficSchema),
    },
    writes: 'fleet',
    functionTimeoutSeconds: 360,
  },
  ShiftWeights: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      alarms: z.nullable(AlarmsOutputSchema),
      weights: z.nullable(WeightShiftOutputSchema),
      variantTraffic: z.nullable(VariantTrafficSchema),
    },
    writes: 'weights',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  SendVariantTraffic: {
    reads: { plan: PlannedSchema, weights: WeightShiftOutputSchema, variantTraffic: z.nullable(VariantTrafficSchema) },
    writes: 'variantTraffic',
    functionTimeoutSeconds: 180,
  },
  DeleteAlarms: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'alarmRemoval',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  RegisterScaling: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema },
    writes: 'scaling',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  RunCanary: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      canaryInvocations: z.nullable(CanaryInvocationsOutputSchema),
    },
    writes: 'canaryInvocations',
    functionTimeoutSeconds: 900,
  },
  RetireSuperseded: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      artifact: ArtifactOutputSchema,
      /** Null where nothing was changed. */
      scaling: z.nullable(ScalingOutputSchema),
    },
    writes: 'retention',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  RetireEndpoint: {
    reads: { lease: LeaseOutputSchema, retirement: z.nullable(RetirementSchema) },
    writes: 'retirement',
    functionTimeoutSeconds: 60,
    mutates: true,
  },
  RollBack: {
    reads: {
      plan: PlannedSchema,
      lease: LeaseOutputSchema,
      /** How far the way forward came: what was never asked for need not be waited for. */
      endpointConfig: z.nullable(CreatedSchema),
      candidateRemoval: z.nullable(CandidateRemovalSchema),
      deployment: z.nullable(DeploymentSchema),
      weights: z.nullable(WeightShiftOutputSchema),
      rollback: z.nullable(RollbackSchema),
    },
    writes: 'rollback',
    functionTimeoutSeconds: 60,
    rollback: true,
    mutates: true,
  },
  CheckRollback: {
    reads: { plan: PlannedSchema, lease: LeaseOutputSchema, rollback: RollbackSchema },
    writes: 'rollback',
    functionTimeoutSeconds: 30,
    rollback: true,
  },
  RecordOutcome: {
    reads: {
      execution,
      /** Forgotten once it has become a request; until then it says whose rollout failed. */
      trigger: z.unknown(),
      request: z.nullable(RequestOutputSchema),
      artifact: z.nullable(ArtifactOutputSchema),
      trial: z.nullable(TrialOutputSchema),
      trialFailure: z.nullable(FailureSchema),
      lease: z.nullable(LeaseOutputSchema),
      plan: z.nullable(PlanOutputSchema),
      candidate: z.nullable(DeploymentSchema),
      deployment: z.nullable(DeploymentSchema),
      candidateCanaryInvocations: z.nullable(CanaryInvocationsOutputSchema),
      scaling: z.nullable(ScalingOutputSchema),
      canaryInvocations: z.nullable(CanaryInvocationsOutputSchema),
      retention: z.nullable(RetentionSchema),
      retentionFailure: z.nullable(FailureSchema),
      retirement: z.nullable(RetirementSchema),
      failure: z.nullable(FailureSchema),
      rollback: z.nullable(RollbackSchema),
      rollbackFailure: z.nullable(FailureSchema),
    },
    writes: 'outcome',
    functionTimeoutSeconds: 60,
    rollback: true,
    mutates: true,
  },
} as const satisfies Record<string, StepDefinition<StateKey>>;

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
