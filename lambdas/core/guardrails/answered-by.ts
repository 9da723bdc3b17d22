// Which of the two models of an update gave an answer: both fleets have one variant name, and only the answer itself can tell.

/** Digests as answers name them; null where none is known. */
export interface KnownModels {
  /** As the candidate's answers named it. */
  arriving: string | null;
  /** As the endpoint named it before the update, which is asked where there is no candidate. */
  serving: string | null;
}

/** Whether it is surely the new model's. `named`: the digest that the answer names; null where it names none. */
export function isOfNewModel(named: string | null, { arriving, serving }: KnownModels): boolean {
  if (named === null) return false;
  return arriving !== null ? named === arriving : serving !== null && named !== serving;
}
