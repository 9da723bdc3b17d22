// One-time schedules that a request brings too late.
import type { KeptSettings } from '../../../state-machine/contract/kept-settings.ts';
import type { Problem } from '../../../state-machine/contract/problem.ts';
import { canonicalJson } from '../naming/names.ts';
import { problem } from '../problems/problems.ts';
import { isPast } from './past-schedules.ts';

type Said = Pick<KeptSettings, 'scaling' | 'variants'>;

/** What the newest release has too was made in its time, and may stand in a manifest for ever. */
export function pastScheduleProblems(asked: Said, kept: Said, now: Date): Problem[] {
  const known = new Set([...schedulesOf(kept).values()].map(contentOf));
  return [...schedulesOf(asked)]
    .filter(([, each]) => isPast({ definition: { Schedule: each.expression, Timezone: each.timezone } }, now))
    .filter(([, each]) => !known.has(contentOf(each)))
    .map(([where, { expression, timezone = 'UTC' }]) =>
      problem(`${where}.expression`, `Found ${expression}, which has passed in the timezone ${timezone}.`),
    );
}

type Schedule = NonNullable<Exclude<KeptSettings['scaling'], 'none' | undefined>['schedules']>[number];

const contentOf = ({ timezone = 'UTC', ...schedule }: Schedule): string => canonicalJson({ ...schedule, timezone });

/** By where they are written. */
function schedulesOf({ scaling, variants = [] }: Said): Map<string, Schedule> {
  const places = [
    { where: 'scaling', of: scaling },
    ...variants.map((each, index) => ({ where: `variants.${index}.scaling`, of: each.scaling })),
  ];
  return new Map(
    places.flatMap(({ where, of }) =>
      (typeof of === 'object' ? (of.schedules ?? []) : []).map(
        (schedule, index) => [`${where}.schedules.${index}`, schedule] as const,
      ),
    ),
  );
}
