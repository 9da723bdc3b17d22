// What a rollout would do, for people and programs: the one object that `plan --json` prints.
import type { SettingChange } from '../../state-machine/contract/kept-settings.ts';
import type { ExtraCapacity, Operation } from '../../state-machine/contract/plan.ts';
import type { Problem } from '../../state-machine/contract/problem.ts';
import type { WeightStep } from '../../state-machine/contract/weight-shift.ts';

/**
 * - `proceed`: it can be carried out. `unchanged`: there is nothing to do.
 * - `rejected`: the rollout would be rejected, for all of `problems`.
 * - `wait`: the endpoint is busy with something else; `waitsFor` says with what. Plan again then.
 * - `unknown`: something may not be read with these credentials that the plan depends on; `unknown` says what.
 */
export type PlanVerdict = 'proceed' | 'unchanged' | 'rejected' | 'wait' | 'unknown';

/**
 * - `create`: it is not there. `adopt`: it is there already, with the same content. `update`: it is changed in place.
 * - `createAndRemove`: it is there for the time of the rollout. `remove`: it goes.
 * - `createOrAdopt`: whether it is there may not be read.
 */
export type PlannedAction = 'create' | 'adopt' | 'createOrAdopt' | 'update' | 'createAndRemove' | 'remove';
export type PlannedKind =
  | 'artifact'
  | 'model'
  | 'endpointConfig'
  | 'candidate'
  | 'alarm'
  | 'endpoint'
  | 'tags'
  | 'scaling';

export interface PlannedChange {
  action: PlannedAction;
  kind: PlannedKind;
  /** Null: it is named for the rollout, which has no id yet. */
  name: string | null;
  /** For people; null where the name says all. */
  detail: string | null;
}

export interface PlannedVariant {
  name: string;
  /** Of what serves then, the artifact in hexadecimal; null: the variant is removed. */
  model: { name: string; artifactSha256: string; imageDigest: string } | null;
  /** `after`: once the rollout is done. Null: the variant is not there. */
  weight: { before: number | null; after: number | null };
  /** Those that SageMaker is asked for; scaling changes them. Null: the variant has none, or is not there. */
  instances: { before: InstanceCount | null; after: InstanceCount | null };
}

export interface InstanceCount {
  type: string;
  count: number;
}

/** Requests at once, which count against a quota of the account. */
export interface PlannedConcurrency {
  /** What serves now. */
  live: number;
  candidate: number;
  after: number;
  /** The most at one moment of the rollout: what was there and the candidate, then what was there and what comes. */
  atOnce: number;
}

export interface RolloutPlan {
  verdict: PlanVerdict;
  /** Null where the request names none. */
  endpointName: string | null;
  /** `create`, `update` or `configure`; null where there is no plan. */
  operation: Operation | null;
  /** All of them at once. */
  problems: Problem[];
  warnings: string[];
  /** What may not be read with these credentials, and so is not known. */
  unknown: string[];
  waitsFor: string | null;
  /** In the order in which they are made. */
  changes: PlannedChange[];
  /** From what is set now; null: nobody knows that, or nothing is released yet. */
  settings: SettingChange[] | null;
  variants: PlannedVariant[];
  /** How traffic moves, in words; null where none does. */
  traffic: string | null;
  weightSteps: WeightStep[];
  /** Instances beside those that serve, for the time of the rollout. */
  extraCapacity: ExtraCapacity[];
  /** The same, added up by type. */
  extraInstanceHours: { instanceType: string; atMostHours: number }[];
  /** Of serverless endpoints; null: nothing of it is serverless. */
  concurrency: PlannedConcurrency | null;
}
