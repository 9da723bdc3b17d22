// The figures that a benchmark has to reach.
import { table } from './markdown-table.ts';

export interface Goal {
  /** Left out: it is told, and nothing is asked of it. */
  goal?: number;
  /** Whether the goal is the most that is allowed; else it is the least. */
  isMost?: true;
  meaning: string;
}

/** @returns of a figure whether it reaches its goal; null where there is no figure, or no goal */
export const reaching =
  <Name extends string>(goals: Readonly<Record<Name, Goal>>) =>
  (name: Name, value: number | null): boolean | null => {
    const { goal, isMost } = goals[name];
    if (value === null || goal === undefined) return null;
    return isMost ? value <= goal : value >= goal;
  };

export function barsTable<Name extends string>(
  goals: Readonly<Record<Name, Goal>>,
  bars: Readonly<Record<Name, number | null>>,
): string {
  const isReached = reaching(goals);
  const rows = (Object.keys(goals) as Name[]).map((name) => {
    const value = bars[name];
    const reached = isReached(name, value);
    const { goal, isMost, meaning } = goals[name];
    return [
      `\`${name}\``,
      meaning,
      value === null ? 'not measured' : `${value}`,
      goal === undefined ? '' : `${isMost ? '<=' : '>='} ${goal}`,
      reached === null ? '' : reached ? 'reached' : '**missed**',
    ];
  });
  return table(['bar', '', 'figure', 'goal', ''], rows);
}
