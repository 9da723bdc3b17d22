// What the processes of a run say to each other.
import type { BaselineResult } from '../baselines/play.ts';
import type { FleetResult } from '../fleets/play.ts';
import type { DefectResult } from '../seeded-defects/play.ts';
import type { Tally } from './tally.ts';

export type Job =
  | {
      readonly kind: 'share';
      readonly seed: number;
      /** Null: all. */
      readonly pairs: number | null;
      readonly only?: string;
      /** This is every so-manieth scenario, beginning with this one. */
      readonly of: number;
      readonly index: number;
    }
  | { readonly kind: 'seededDefects'; readonly seed: number }
  | { readonly kind: 'baselines'; readonly seed: number }
  | { readonly kind: 'fleets'; readonly seed: number; readonly large: boolean };

export type Answer =
  /** Scenarios and violations since it was told last. */
  | {
      readonly kind: 'progress';
      readonly done: number;
      /** Null where they are too many to be counted beforehand. */
      readonly all: number | null;
      readonly violations: number;
    }
  | { readonly kind: 'share'; readonly tally: Tally }
  | { readonly kind: 'seededDefects'; readonly bugs: DefectResult[] }
  | { readonly kind: 'baselines'; readonly baselines: BaselineResult[] }
  | { readonly kind: 'fleets'; readonly fleets: FleetResult[] }
  | { readonly kind: 'failed'; readonly message: string };
