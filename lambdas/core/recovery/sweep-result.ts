// What a sweep found and started.

export interface SweepResult {
  /** Rollouts whose rollback is finished for them. */
  recovered: string[];
  /** Keys of uploads that were started again. */
  restarted: string[];
  /** How many were not looked at for want of time: the next sweep begins elsewhere. */
  left: number;
}
