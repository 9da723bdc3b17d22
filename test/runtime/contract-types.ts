// What the types of the contract promise, checked by the compiler: a broken promise fails `npm run typecheck`.
import type {
  CreatedModels,
  Deployment,
  LeaseOutput,
  Planned,
  RequestOutput,
  Rollback,
} from '../../state-machine/contract/outputs.ts';
import type { RolloutRequest } from '../../state-machine/contract/request.ts';
import type { StepInput, StepName, StepOutput, Task } from '../../state-machine/contract/steps.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Assert<Holds extends true> = Holds;

// A task receives the keys that its step declares, and no others.
export type ReadsThePlanAlone = Assert<
  Equal<StepInput<'CreateModel'>, { readonly plan: Planned; readonly lease: LeaseOutput }>
>;
export type ReadsTwoKeys = Assert<
  Equal<
    StepInput<'CheckEndpoint'>,
    { readonly plan: Planned; readonly lease: LeaseOutput; readonly deployment: Deployment }
  >
>;
export type MayFindNothingYet = Assert<Equal<StepInput<'RollBack'>['rollback'], Rollback | null>>;

// It returns the value of the one key that its step writes.
export type WritesItsOwn = Assert<Equal<StepOutput<'CreateModel'>, CreatedModels>>;
export type BothWriteTheDeployment = Assert<Equal<StepOutput<'DeployEndpoint'>, StepOutput<'CheckEndpoint'>>>;
export type TaskIsDataInDataOut = Assert<
  Equal<Task<'ResolveRequest'>, (input: StepInput<'ResolveRequest'>) => Promise<RequestOutput>>
>;

// A plan that was rejected, or that waits, can be given to no task that changes something.
type Changing = Exclude<
  StepName,
  | 'ResolveRequest'
  | 'InspectArtifact'
  | 'TryModel'
  | 'LeaseEndpoint'
  | 'PlanRollout'
  | 'RetireEndpoint'
  | 'RecordOutcome'
>;
export type OnlyPlansThatProceed = Assert<Equal<StepInput<Changing>['plan'], Planned>>;

// Whoever writes a request may leave out what has a default.
type Case = NonNullable<NonNullable<RolloutRequest['canaryInvocations']>['cases']>[number];
export const shortestCase: Case = { name: 'a', request: { body: 1 }, expect: { status: 200 } };
export const shortestRequest: RolloutRequest = {};
// @ts-expect-error unknown keys are refused while one types
export const misspelt: RolloutRequest = { endpoint: 'iris' };
// @ts-expect-error a kind of hosting brings its own keys only
export const mixed: RolloutRequest = { hosting: { type: 'realtime', memoryMegabytes: 1024 } };
