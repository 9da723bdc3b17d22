/** What a policy wants at this moment, before the limits of its target. */
export interface Wanted {
  readonly count: number;
  readonly cause: string;
}
