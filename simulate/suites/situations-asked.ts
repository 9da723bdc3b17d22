// Who asks for the scenarios of one situation need not wait for those of all others.
import { type SituationName, situationNames } from '../world/situations.ts';

/** Those whose scenarios may be asked for. `only`: what the suite and the name of a scenario must contain, `fault update: ...`. */
export function situationsAsked(suite: string, { only = '' }: { only?: string }): readonly SituationName[] {
  const [, of, begun = ''] = /^(\w+) (\w+)/.exec(only) ?? [];
  return of === suite ? situationNames.filter((name) => name.startsWith(begun)) : situationNames;
}
